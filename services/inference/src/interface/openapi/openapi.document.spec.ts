import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { openApiDocument, openApiText } from './openapi.document';

const published = resolve(__dirname, '../../../../../docs/inference.openapi.json');

/** The validator is an ES module: in a process of its own. */
const VALIDATE = `
import { Validator } from '@seriousme/openapi-schema-validator';
const validator = new Validator();
const result = await validator.validate(JSON.parse(process.argv[1]));
console.log(JSON.stringify({ ...result, version: validator.version }));
`;
const validate = (document: unknown) =>
  JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', VALIDATE, JSON.stringify(document)], {
      cwd: __dirname,
    }).toString(),
  ) as { valid: boolean; version: string };

it('is a valid OpenAPI 3.1 document', () => {
  expect(validate(openApiDocument())).toEqual({ valid: true, version: '3.1' });
});

it('would not be valid with an operation that answers nothing', () => {
  const document = openApiDocument();
  (document.paths['/health']?.get as { responses?: unknown }).responses = 'none';
  expect(validate(document)).toMatchObject({ valid: false });
});

it('speaks of schemas that there are, and of all of them', () => {
  const text = openApiText();
  const used = new Set([...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name));
  expect([...used].sort()).toEqual(Object.keys(openApiDocument().components.schemas).sort());
});

it('is published as it is served', () => {
  expect(readFileSync(published, 'utf8')).toBe(openApiText());
});
