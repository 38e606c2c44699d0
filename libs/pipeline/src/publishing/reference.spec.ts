import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { anyAlternative, descriptionOf, fieldDescriptions } from './field.descriptions';
import { publishedSchema, referenceFiles } from './reference.files';
import { schemaFields } from './schema.fields';

const root = resolve(__dirname, '../../../..');
const fields = schemaFields(publishedSchema());

it('says what every field means', () => {
  expect(fields.filter(({ path }) => descriptionOf(path) === null).map(({ path }) => path)).toEqual([]);
});

it('describes no field that there is not', () => {
  const known = new Set(fields.flatMap(({ path }) => [path, anyAlternative(path)]));
  expect(Object.keys(fieldDescriptions).filter((path) => !known.has(path))).toEqual([]);
});

it('is committed as it is generated', () => {
  for (const [name, text] of referenceFiles())
    expect([name, readFileSync(resolve(root, name), 'utf8')]).toEqual([name, text]);
});
