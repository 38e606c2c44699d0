import fc from 'fast-check';
import { parsePipeline, recordValidator, tableSchema, type Dataset } from './index';

function dataset(extra = ''): Dataset {
  const result = parsePipeline(`apiVersion: perennial/v1
kind: Pipeline
name: loans
reference: { day: "2026-01-01" }
dataset:
  recordId: id
  target: { column: bad, positive: true }
${extra}
  columns:
    - { name: id, type: string }
    - { name: amount, type: number, minimum: 0, maximum: 10, nullable: false }
    - { name: count, type: integer }
    - { name: sex, type: category, values: [1, 2] }
    - { name: city, type: string }
    - { name: opened, type: date, format: dd.MM.yyyy, minimum: "2020-01-01" }
    - { name: constructor, type: category }
    - { name: bad, type: boolean }
`);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.ok.dataset;
}

const GOOD = { id: 'a1', amount: 1.5, count: 3, sex: 1, city: 'Köln', opened: '02.01.2020', bad: false };
const problemsOf = (record: unknown, mode: 'json' | 'text' = 'json') =>
  (recordValidator(dataset(), { mode })(record).problems ?? []).map(({ column, rule }) => `${column}: ${rule}`);

describe('recordValidator', () => {
  it('gives the row in the order of the columns, dates as days and categories as text', () => {
    expect(recordValidator(dataset())(GOOD)).toEqual({
      ok: ['a1', 1.5, 3, '1', 'Köln', 18263, null, false],
      recordId: 'a1',
    });
    expect(tableSchema(dataset()).map(({ type }) => type)).toEqual([
      'string',
      'number',
      'integer',
      'string',
      'string',
      'date',
      'string',
      'boolean',
    ]);
  });

  it('lists every problem of a record with column, value and rule', () => {
    const result = recordValidator(dataset())({ ...GOOD, amount: '1.5', count: 2.5, sex: 3, opened: '31.02.2020' });
    expect(result).toEqual({
      recordId: 'a1',
      problems: [
        { column: 'amount', value: '1.5', rule: 'must be a number' },
        { column: 'count', value: 2.5, rule: 'must be an integer' },
        { column: 'sex', value: 3, rule: 'must be one of 1, 2' },
        { column: 'opened', value: '31.02.2020', rule: 'must be a date as dd.MM.yyyy' },
      ],
    });
  });

  it.each([
    [{ amount: Number.NaN }, 'amount: must be finite'],
    [{ amount: Infinity }, 'amount: must be finite'],
    [{ amount: null }, 'amount: must not be null'],
    [{ amount: undefined }, 'amount: must not be null'],
    [{ amount: -0.1 }, 'amount: must be at least 0'],
    [{ amount: 11 }, 'amount: must be at most 10'],
    [{ amount: true }, 'amount: must be a number'],
    [{ count: 2 ** 53 }, 'count: must be an integer of at most 2^53 - 1 in magnitude'],
    [{ id: '' }, 'id: must not be null'],
    [{ id: 7 }, 'id: must be a string'],
    [{ city: '\ud800' }, 'city: must be well-formed Unicode'],
    [{ city: { a: 1 } }, 'city: must be a string'],
    [{ opened: '31.12.2019' }, 'opened: must not be before 2020-01-01'],
    [{ bad: 1 }, 'bad: must be true or false'],
    [{ constructor: [1] }, 'constructor: must be a string, number or boolean'],
  ])('refuses %j', (change, problem) => {
    expect(problemsOf({ ...GOOD, ...change })).toEqual([problem]);
  });

  it.each([[null], [undefined], [3], ['x'], [[GOOD]]])('refuses %j as a record', (record) => {
    expect(problemsOf(record)).toEqual([': must be an object']);
  });

  it('ignores or refuses unknown columns, as declared', () => {
    const record = { ...GOOD, note: 'x' };
    expect(recordValidator(dataset())(record).problems).toBeUndefined();
    expect(recordValidator(dataset('  unknownColumns: refuse'))(record).problems).toEqual([
      { column: 'note', value: 'x', rule: 'is not a column of the dataset' },
    ]);
  });

  it('reads CSV text as the declared types', () => {
    const text = { id: 'a1', amount: ' 1e0 ', count: '3', sex: '2.0', city: '', opened: ' 02.01.2020', bad: 'TRUE' };
    const result = recordValidator(dataset(), { mode: 'text' })(text);
    expect(result.ok).toEqual(['a1', 1, 3, '2', null, 18263, null, true]);
    expect(problemsOf({ ...text, amount: '', count: '0x10', bad: 'ja' }, 'text')).toEqual([
      'amount: must not be null',
      'count: must be an integer',
      'bad: must be true, false, 1 or 0',
    ]);
    expect(problemsOf({ ...text, amount: '1e999', count: 'NaN' }, 'text')).toEqual([
      'amount: must be finite',
      'count: must be an integer',
    ]);
  });

  it('never throws, and never passes a cell of the wrong type', () => {
    const validate = recordValidator(dataset(), { mode: 'text' });
    const record = fc.record(Object.fromEntries(dataset().columns.map(({ name }) => [name, fc.anything()])), {
      requiredKeys: [],
    });
    fc.assert(
      fc.property(fc.oneof(record, fc.anything()), (input) => {
        const { ok, problems } = validate(input);
        if (!ok) return (problems ?? []).length > 0;
        return ok.every((cell) => cell === null || typeof cell !== 'number' || Number.isFinite(cell));
      }),
    );
  });
});
