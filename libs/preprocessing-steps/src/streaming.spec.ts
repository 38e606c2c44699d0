import { concatTables, numericColumn, stringColumn, type Table, tableOf, takeRows } from '@perennial/columns';
import { parsePipeline, type Pipeline } from '@perennial/pipeline';
import fc from 'fast-check';
import { apply, checkQuality, fit, fitColumnwise, QualityTally, RawStorages } from './index';

const pipeline = parsePipeline(
  `
apiVersion: perennial/v1
kind: Pipeline
name: p
dataset:
  recordId: id
  target: { column: y, positive: 1 }
  columns:
    - { name: id, type: string }
    - { name: amount, type: number, maximum: 50 }
    - { name: visits, type: integer }
    - { name: seen, type: date }
    - { name: grade, type: category }
    - { name: y, type: integer }
reference: { day: '2026-01-02' }
`,
  {},
).ok as Pipeline;

const orNaN = (arbitrary: fc.Arbitrary<number>) => fc.option(arbitrary, { nil: NaN, freq: 6 });

const days = fc.integer({ min: 2, max: 40 }).chain((rows) => {
  const many = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(arbitrary, { minLength: rows, maxLength: rows });
  return fc
    .record({
      amount: many(orNaN(fc.oneof(fc.integer({ min: 0, max: 60 }), fc.constant(0.1)))),
      visits: many(orNaN(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(2 ** 40)))),
      seen: many(orNaN(fc.integer({ min: 20_000, max: 20_010 }))),
      grade: many(fc.option(fc.constantFrom('', 'a', 'b', 'c', 'd'), { nil: null, freq: 6 })),
      y: many(orNaN(fc.integer({ min: 0, max: 1 }))),
    })
    .map(({ amount, visits, seen, grade, y }): Table =>
      tableOf([
        stringColumn(
          'id',
          amount.map((_, row) => `r${row}`),
        ),
        numericColumn('amount', 'number', Float64Array.from(amount)),
        numericColumn('visits', 'integer', Float64Array.from(visits)),
        numericColumn('seen', 'date', Float64Array.from(seen)),
        stringColumn('grade', grade),
        numericColumn('y', 'integer', Float64Array.from(y)),
      ]),
    );
});

const range = (start: number, end: number) => Array.from({ length: end - start }, (_, index) => start + index);
const cut = (day: Table, at: number): Table[] => [takeRows(day, range(0, at)), takeRows(day, range(at, day.rows))];

const reference = tableOf([
  stringColumn('id', ['a', 'b', 'c', 'd']),
  numericColumn('amount', 'number', Float64Array.of(1, 2, 3, NaN)),
  numericColumn('visits', 'integer', Float64Array.of(1, 2, 3, 4)),
  numericColumn('seen', 'date', Float64Array.of(20_000, 20_001, 20_002, 20_032)),
  stringColumn('grade', ['a', 'b', null, 'a']),
  numericColumn('y', 'integer', Float64Array.of(0, 1, 0, 1)),
]);

describe('a day in parts', () => {
  it('is judged and encoded as it is whole, wherever it was cut', () => {
    const fitted = fit(reference, pipeline);
    fc.assert(
      fc.property(days, fc.nat(), (day, place) => {
        const parts = cut(day, place % (day.rows + 1));
        const tally = new QualityTally(fitted);
        const storages = new RawStorages(fitted);
        for (const part of parts) {
          tally.add(part);
          storages.add(part);
        }
        const history = { rows: [10, 20] };
        expect(tally.verdict(history, pipeline.quality)).toEqual(checkQuality(day, fitted, history, pipeline.quality));
        const whole = apply(day, fitted);
        expect(concatTables(parts.map((part) => apply(part, fitted, storages)))).toEqual(whole);
        const labelled = whole.columns[1]?.values as Float64Array;
        expect(tally.labelled).toBe(labelled.filter((label) => !Number.isNaN(label)).length);
      }),
    );
  });

  it('is fitted column by column as it is whole', async () => {
    await fc.assert(
      fc.asyncProperty(days, async (day) => {
        const asked: string[] = [];
        const source = {
          rows: day.rows,
          column: async (name: string) => {
            asked.push(name);
            return day.columns.find((column) => column.name === name) as Table['columns'][number];
          },
        };
        const attempt = async <T>(work: () => T | Promise<T>) => {
          try {
            return await work();
          } catch (error) {
            return (error as { code: string }).code;
          }
        };
        expect(await attempt(() => fitColumnwise(source, pipeline))).toEqual(await attempt(() => fit(day, pipeline)));
        expect(asked).toEqual(['amount', 'visits', 'seen', 'grade']);
      }),
    );
  });
});
