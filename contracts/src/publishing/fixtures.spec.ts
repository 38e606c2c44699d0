import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { z } from 'zod';
import { events } from '../catalogue';
import { defineEvent } from '../define';
import { topics } from '../topics';
import { type Fixture, fixtureName, fixtureProblems } from './fixtures';
import { deriveSchema } from './json-schema';
import { fixturesDirectory, readFiles } from './publication.files';

const contracts = [...events.values()];
const files = readFiles(fixturesDirectory);

test('every event version has a golden fixture that every version of the event reads', () => {
  expect(fixtureProblems(contracts, files)).toEqual([]);
});

test.each(contracts.map((contract) => [contract.type, contract] as const))(
  'the published schema of %s takes its fixture',
  (_, contract) => {
    const ajv = addFormats(new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }));
    const validate = ajv.compile(deriveSchema(contract));
    const fixture = JSON.parse(files.get(fixtureName(contract)) ?? '{}') as Fixture;
    validate(fixture.data);
    expect(validate.errors ?? []).toEqual([]);
    expect(contract.key(fixture.data)).not.toBe('');
  },
);

describe('a wrong fixture is reported', () => {
  const version = (number: number, shape: z.ZodRawShape) =>
    defineEvent({
      subsystem: 'probe',
      name: 'thing-happened',
      version: number,
      title: 'Thing happened',
      topic: topics.records,
      schema: z.object(shape) as z.ZodType<{ a?: string }>,
      key: ({ a }) => a ?? '',
    });
  const v1 = version(1, { a: z.string() });
  const fixture = { type: v1.type, dataschema: v1.dataschema, subject: 'x', data: { a: 'x' } };
  const problems = (changed: object, known = [v1]) =>
    fixtureProblems(known, new Map([[fixtureName(v1), JSON.stringify({ ...fixture, ...changed })]]));

  test('none for the right one', () => expect(problems({})).toEqual([]));

  test('an event without a fixture', () => {
    expect(fixtureProblems([v1], new Map())).toEqual([`${v1.type} has no fixture ${v1.type}.json`]);
  });

  test('a fixture without an event', () => {
    expect(problems({}, [])).toEqual([`fixture ${v1.type}.json belongs to no event version`]);
  });

  test('data that its schema refuses', () => {
    expect(problems({ data: { a: 1 } })).toEqual([expect.stringContaining(`as ${v1.type}: a: `)]);
  });

  test('a field that the schema does not declare', () => {
    expect(problems({ data: { a: 'x', b: 1 } })).toEqual([expect.stringContaining('does not declare')]);
  });

  test('an attribute that is not the contract’s', () => {
    expect(problems({ subject: 'y' })).toEqual([`fixture ${v1.type}.json: subject is not x`]);
  });

  test('data that another version cannot read', () => {
    const v2 = version(2, { a: z.string(), b: z.string() });
    expect(problems({}, [v1, v2])).toContainEqual(expect.stringContaining(`as ${v2.type}: b: `));
  });
});
