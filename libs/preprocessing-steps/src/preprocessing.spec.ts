import fc from 'fast-check';
import {
  columnOf,
  numericColumn,
  numericColumnOf,
  readParquet,
  stringColumn,
  stringColumnOf,
  tableFromRows,
  tableOf,
  takeRows,
  writeParquet,
  type Cell,
  type Table,
} from '@perennial/columns';
import { dayNumber, parsePipeline, tableSchema, type Pipeline } from '@perennial/pipeline';
import { apply, checkQuality, datePartOf, fit, FLOAT32_MAX, PreprocessingError, splitOf, splitPartOf } from './index';

const declaration = (preprocessing = '{}') => `
apiVersion: perennial/v1
kind: Pipeline
name: loans
reference: { day: "2026-01-01" }
preprocessing: ${preprocessing}
dataset:
  recordId: id
  target: { column: bad, positive: yes }
  columns:
    - { name: id, type: integer }
    - { name: amount, type: number, minimum: 0 }
    - { name: count, type: integer }
    - { name: grade, type: category, values: [B, A] }
    - { name: city, type: string }
    - { name: open, type: boolean }
    - { name: opened, type: date }
    - { name: bad, type: category }
`;

function pipelineOf(text: string): Pipeline {
  const result = parsePipeline(text);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.ok;
}

const pipelineWith = (preprocessing?: string): Pipeline => pipelineOf(declaration(preprocessing));
const pipeline = pipelineWith();
const days = (text: string) => dayNumber(text) as number;
const table = (rows: Cell[][], of = pipeline): Table => tableFromRows(tableSchema(of.dataset), rows);
const REFERENCE = table([
  [1, 10, 1, 'A', 'Köln', true, days('2024-01-01'), 'yes'],
  [2, 20, 2, 'B', 'Bonn', false, days('2024-02-29'), 'no'],
  [3, 30.5, 3, 'A', 'Köln', true, days('2025-12-31'), 'no'],
  [4, null, null, null, null, null, null, null],
]);

const orNull = (cell: fc.Arbitrary<Cell>) => fc.option(cell, { nil: null, freq: 4 });
const row = fc.tuple(
  fc.maxSafeInteger(),
  orNull(fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)),
  orNull(fc.maxSafeInteger()),
  orNull(fc.constantFrom('A', 'B', 'C', '')),
  orNull(fc.string()),
  orNull(fc.boolean()),
  orNull(fc.integer({ min: -100_000, max: 100_000 })),
  orNull(fc.constantFrom('yes', 'no')),
);
const rows = (minLength: number) => fc.array(row, { minLength, maxLength: 40 }) as fc.Arbitrary<Cell[][]>;

describe('fit and apply', () => {
  const fitted = fit(REFERENCE, pipeline);
  const encoded = apply(REFERENCE, fitted);

  it('give the columns of processed_data', () => {
    expect(encoded.columns.map(({ name }) => name)).toEqual([
      'record_id',
      'label',
      'split',
      ...['amount', 'count', 'grade', 'city', 'open', 'opened'].map((name) => `raw.${name}`),
      'enc.grade',
      'enc.city',
      ...['amount', 'count', 'open'].map((name) => `enc.${name}`),
      ...['year', 'month', 'dayOfMonth', 'dayOfWeek'].map((part) => `enc.opened.${part}`),
    ]);
    expect(stringColumnOf(encoded, 'record_id').values).toEqual(['1', '2', '3', '4']);
    expect(numericColumnOf(encoded, 'label')).toEqual(
      numericColumn('label', 'integer', Float64Array.of(1, 0, 0, NaN), 'int32'),
    );
    expect(numericColumnOf(encoded, 'split').values[0]).toBe(splitOf('loans', '1'));
    expect(Array.from(numericColumnOf(encoded, 'enc.grade').values)).toEqual([2, 1, 2, 0]);
    expect(Array.from(numericColumnOf(encoded, 'enc.city').values)).toEqual([2, 1, 2, 0]);
    expect(columnOf(encoded, 'raw.count')).toMatchObject({ storage: 'int32' });
    expect(columnOf(encoded, 'raw.amount')).toMatchObject({ storage: 'float32' });
    expect(fitted.numeric[0]).toMatchObject({ feature: 'amount', impute: 20 });
  });

  it('never throw on a table of the schema; codes stay within the vocabulary, scores finite', async () => {
    await fc.assert(
      fc.asyncProperty(rows(0), async (cells) => {
        const result = apply(table(cells), fitted);
        for (const { feature, vocabulary } of fitted.categorical) {
          const { values } = numericColumnOf(result, `enc.${feature}`);
          expect(values.every((code) => Number.isInteger(code) && code >= 0 && code <= vocabulary.length)).toBe(true);
        }
        for (const { feature } of fitted.numeric) {
          const { values } = numericColumnOf(result, `enc.${feature}`);
          expect(values.every((value) => Number.isFinite(value) && Math.fround(value) === value)).toBe(true);
        }
        expect(await readParquet(writeParquet(result))).toEqual(result);
      }),
    );
  });

  it('fit any reference to finite values, the same in any order of its rows', () => {
    fc.assert(
      fc.property(
        rows(1).chain((cells) =>
          fc.tuple(fc.constant(cells), fc.shuffledSubarray([...cells.keys()], { minLength: cells.length })),
        ),
        ([cells, order]) => {
          const reference = table(cells);
          let first;
          try {
            first = fit(reference, pipeline);
          } catch (error) {
            return error instanceof PreprocessingError && error.code === 'NO_FEATURES';
          }
          expect(fit(takeRows(reference, order), pipeline)).toEqual(first);
          expect(JSON.parse(JSON.stringify(first))).toEqual(first);
          const result = apply(reference, first);
          return first.numeric.every(({ feature }) =>
            numericColumnOf(result, `enc.${feature}`).values.every(Number.isFinite),
          );
        },
      ),
    );
  });

  it('carry along what is declared to be no feature, as it came, and judge nothing by it', () => {
    const noFeature = (text: string, name: string) =>
      text.replace(`{ name: ${name},`, `{ name: ${name}, feature: false,`);
    const keyed = pipelineOf(['city', 'count', 'opened'].reduce(noFeature, declaration()));
    const result = fit(REFERENCE, keyed);
    expect(result.carried?.map(({ column }) => column)).toEqual(['count', 'city', 'opened']);
    expect(result.inputs.map(({ column }) => column)).toEqual(['amount', 'grade', 'open']);
    expect(Object.keys(result.statistics)).toEqual(['amount', 'grade', 'open']);
    const carried = apply(REFERENCE, result);
    for (const name of ['raw.count', 'raw.city', 'raw.opened']) {
      expect(columnOf(carried, name)).toEqual(columnOf(encoded, name));
    }
    expect(carried.columns.filter(({ name }) => name.startsWith('enc.'))).toEqual(
      encoded.columns.filter(({ name }) => ['enc.amount', 'enc.grade', 'enc.open'].includes(name)),
    );
    const wide = apply(table([[1, 1, 2 ** 40, 'A', 'x', true, 0, 'yes']], keyed), result);
    expect(columnOf(wide, 'raw.count')).toMatchObject({ storage: 'int64' });
    expect(fitted).not.toHaveProperty('carried');
  });

  it('bound what float32 cannot hold, and widen storage for a day that needs it', () => {
    const result = apply(table([[1, 1e300, 2 ** 40, 'A', 'x', true, 0, 'yes']]), fitted);
    expect(numericColumnOf(result, 'enc.amount').values[0]).toBe(FLOAT32_MAX);
    expect(columnOf(result, 'raw.amount')).toMatchObject({ storage: 'float64' });
    expect(columnOf(result, 'raw.count')).toMatchObject({ storage: 'int64' });
  });

  it('drop null and constant columns, with the step and the reason', () => {
    const cells = (amount: number | null, id: number): Cell[] => [
      id,
      amount,
      5,
      'A',
      null,
      true,
      days('2024-03-01'),
      'no',
    ];
    const reference = table([cells(1, 1), cells(2, 2), cells(null, 3), cells(4, 4)]);
    const { dropped, inputs } = fit(reference, pipeline);
    expect(inputs.map(({ column }) => column)).toEqual(['amount']);
    expect(dropped.map(({ column, step }) => [column, step])).toEqual([
      ['count', 'data-shrinkage'],
      ['grade', 'data-shrinkage'],
      ['city', 'null-columns'],
      ['open', 'data-shrinkage'],
      ...['year', 'month', 'dayOfMonth', 'dayOfWeek'].map((part) => [`opened.${part}`, 'data-shrinkage']),
    ]);
    const strict = fit(
      reference,
      pipelineWith('{ nullColumns: { dropAbove: 0.2 }, shrinkage: { dropConstant: false } }'),
    );
    expect(strict.dropped).toEqual([
      { column: 'amount', step: 'null-columns', reason: 'null share 0.2500 exceeds 0.2' },
      { column: 'city', step: 'null-columns', reason: 'every value is null' },
    ]);
    expect(strict.numeric.find(({ feature }) => feature === 'count')).toMatchObject({ mean: 5, std: 1 });
  });

  it('keep the most frequent categories, and encode the rest as unknown', () => {
    const narrow = pipelineWith('{ objectColumns: { maxCategories: 1 } }');
    const result = fit(REFERENCE, narrow);
    expect(result.categorical).toEqual([
      { column: 'grade', feature: 'grade', vocabulary: ['B', 'A'] },
      { column: 'city', feature: 'city', vocabulary: ['Köln'] },
    ]);
    expect(result.statistics.city?.unknownShare).toBeCloseTo(1 / 3);
    expect(Array.from(numericColumnOf(apply(REFERENCE, result), 'enc.city').values)).toEqual([1, 0, 1, 0]);
  });

  it('leave numbers as they are, impute zero and count days since an origin where so declared', () => {
    const plain = pipelineWith(
      '{ encoding: { numeric: none, impute: zero }, dates: { parts: [], origin: "2024-01-01" } }',
    );
    const result = apply(REFERENCE, fit(REFERENCE, plain));
    expect(Array.from(numericColumnOf(result, 'enc.amount').values)).toEqual([10, 20, 30.5, 0]);
    expect(Array.from(numericColumnOf(result, 'enc.opened.daysSinceOrigin').values)).toEqual([0, 59, 730, 0]);
  });

  it('refuse an empty reference, a missing column and a column of another type', () => {
    expect(() => fit(table([]), pipeline)).toThrow('no rows');
    expect(() => apply(tableOf([stringColumn('id', ['1'])]), fitted)).toThrow('no column');
    const columns = REFERENCE.columns.map((column) =>
      column.name === 'amount' ? stringColumn('amount', ['1', '2', '3', '4']) : column,
    );
    expect(() => apply(tableOf(columns), fitted)).toThrow('column amount is string');
  });
});

describe('datePartOf', () => {
  it('agrees with the calendar', () => {
    fc.assert(
      fc.property(fc.integer({ min: -700_000, max: 2_000_000 }), (day) => {
        const date = new Date(day * 86_400_000);
        expect(datePartOf(day, 'year')).toBe(date.getUTCFullYear());
        expect(datePartOf(day, 'month')).toBe(date.getUTCMonth() + 1);
        expect(datePartOf(day, 'dayOfMonth')).toBe(date.getUTCDate());
        expect(datePartOf(day, 'dayOfWeek')).toBe((date.getUTCDay() + 6) % 7);
      }),
    );
    expect(datePartOf(NaN, 'year')).toBeNaN();
  });
});

describe('splitOf', () => {
  it('is the first 52 bits of the digest', () => {
    // sha256("credit-default/1") begins with these 13 hexadecimal digits.
    expect(splitOf('credit-default', '1')).toBe(Number.parseInt('36b1f1f8be393', 16) / 2 ** 52);
  });

  it('spreads records evenly and keeps parts apart', () => {
    const shares = { holdout: 0.3, validation: 0.15 };
    const counts = { holdout: 0, validation: 0, train: 0 };
    for (let id = 0; id < 10_000; id++) counts[splitPartOf(splitOf('loans', String(id)), shares)]++;
    expect(Math.abs(counts.holdout - 3000)).toBeLessThan(200);
    expect(Math.abs(counts.validation - 1500)).toBeLessThan(150);
    expect(splitPartOf(0.3, shares)).toBe('validation');
    expect(splitPartOf(0.45, shares)).toBe('train');
  });
});

describe('checkQuality', () => {
  const fitted = fit(REFERENCE, pipeline);
  const { quality } = pipeline;
  const good: Cell[] = [9, 15, 2, 'A', 'Köln', true, days('2030-01-01'), 'yes'];
  const day = (change: Partial<Record<number, Cell>>, share = 1) =>
    table(
      Array.from({ length: 20 }, (_, index) =>
        index < share * 20 ? (Object.assign([...good], change) as Cell[]) : good,
      ),
    );
  const findings = (of: Table, history: number[] = [20]) =>
    checkQuality(of, fitted, { rows: history }, quality).findings;

  it('passes a day like the reference, a later date included', () => {
    expect(checkQuality(day({}), fitted, { rows: [] }, quality)).toEqual({ verdict: 'passed', findings: [] });
    expect(checkQuality(REFERENCE, fitted, { rows: [4] }, quality).verdict).toBe('passed');
  });

  it('finds nulls above the share of the reference plus the limit', () => {
    expect(findings(day({ 1: null }, 0.45))).toEqual([]);
    expect(findings(day({ 1: null }, 0.5))).toEqual([
      { check: 'nullShare', column: 'amount', observed: 0.5, limit: 0.45, severity: 'failure' },
    ]);
  });

  it('finds values outside declared or reference ranges', () => {
    expect(
      findings(day({ 1: -1, 2: 99 }, 0.1)).map(({ check, column, observed }) => [check, column, observed]),
    ).toEqual([
      ['outOfRangeShare', 'amount', 0.1],
      ['outOfRangeShare', 'count', 0.1],
    ]);
    expect(findings(day({ 1: -1 }, 0.05))).toEqual([]);
  });

  it('finds unseen categories', () => {
    expect(findings(day({ 4: 'Paris' }, 0.15))).toEqual([
      { check: 'unseenShare', column: 'city', observed: 0.15, limit: 0.1, severity: 'failure' },
    ]);
  });

  it('compares the row count with the median of the days before', () => {
    expect(findings(day({}), [10, 11, 1000])).toEqual([]);
    expect(findings(day({}), [41, 42, 43])).toEqual([
      { check: 'rowCount', observed: 20, limit: 21, severity: 'failure' },
    ]);
    expect(findings(day({}), [9])).toEqual([{ check: 'rowCount', observed: 20, limit: 18, severity: 'failure' }]);
    expect(checkQuality(table([]), fitted, { rows: [] }, quality).verdict).toBe('failed');
  });

  it('warns of a day without labels, which does not fail it', () => {
    const result = checkQuality(day({ 7: null }), fitted, { rows: [] }, quality);
    expect(result).toEqual({
      verdict: 'passed',
      findings: [{ check: 'labelShare', column: 'bad', observed: 0, limit: 0, severity: 'warning' }],
    });
  });
});
