import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import {
  numericColumn,
  readParquet,
  stringColumn,
  tableOf,
  writeParquet,
  type Column,
  type NumericColumn,
  type Table,
} from './index';

const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 4 });
const numbers = (values: (number | null)[]) => Float64Array.from(values, (value) => (value === null ? NaN : value + 0));

const MAX_DAY = 100_000;
const CELLS: [NumericColumn['type'], NumericColumn['storage'], fc.Arbitrary<number>][] = [
  ['number', 'float64', fc.double({ noNaN: true, noDefaultInfinity: true })],
  ['number', 'float32', fc.float({ noNaN: true, noDefaultInfinity: true })],
  ['integer', 'int64', fc.maxSafeInteger()],
  ['integer', 'int32', fc.integer()],
  ['boolean', 'boolean', fc.integer({ min: 0, max: 1 })],
  ['date', 'date', fc.integer({ min: -MAX_DAY, max: MAX_DAY })],
];

const tables: fc.Arbitrary<Table> = fc.integer({ min: 1, max: 60 }).chain((rows) => {
  const cells = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(orNull(arbitrary), { minLength: rows, maxLength: rows });
  const numeric = CELLS.map(([type, storage, cell]) =>
    cells(cell).map((values): Column => numericColumn(`${type}.${storage}`, type, numbers(values), storage)),
  );
  const text = cells(fc.string({ unit: 'binary' })).map((values): Column => stringColumn('tëxt', values));
  const few = cells(fc.constantFrom('', 'a', '\ufeffb', '東京')).map((values): Column => stringColumn('few', values));
  return fc.tuple(text, few, ...numeric).map(tableOf);
});

describe('parquet', () => {
  it('round-trips nulls, unicode, dates and big integers, with types and storage', async () => {
    await fc.assert(
      fc.asyncProperty(tables, async (table) => {
        const bytes = writeParquet(table);
        expect(await readParquet(bytes)).toEqual(table);
        expect(await readParquet(bytes, { untrusted: true })).toEqual(table);
      }),
    );
  });

  it('gives equal bytes for equal tables', () => {
    const digest = (table: Table) => createHash('sha256').update(writeParquet(table)).digest('hex');
    fc.assert(fc.property(tables, (table) => digest(table) === digest(structuredClone(table))));
  });

  it('keeps the schema of an empty table, and of columns that are all null', async () => {
    const empty = tableOf([numericColumn('a', 'integer', new Float64Array(0)), stringColumn('b', [])]);
    expect(await readParquet(writeParquet(empty))).toEqual(empty);
    const nulls = tableOf([numericColumn('a', 'date', Float64Array.of(NaN)), stringColumn('b', [null])]);
    expect(await readParquet(writeParquet(nulls))).toEqual(nulls);
  });

  it('spans row groups', async () => {
    const values = Float64Array.from({ length: 250_001 }, (_, row) => (row % 7 === 0 ? NaN : row));
    const table = tableOf([
      numericColumn('a', 'integer', values),
      stringColumn(
        'b',
        Array.from(values, (value) => (Number.isNaN(value) ? null : `r${value}`)),
      ),
    ]);
    expect(await readParquet(writeParquet(table))).toEqual(table);
  });

  it('reads the named columns, in that order', async () => {
    const table = tableOf(['a', 'b', 'c'].map((name) => stringColumn(name, [name])));
    const { columns } = await readParquet(writeParquet(table), { columns: ['c', 'a'] });
    expect(columns).toEqual([stringColumn('c', ['c']), stringColumn('a', ['a'])]);
  });

  it('reads timestamps of other writers as days', async () => {
    const data = [new Date('2026-03-04T23:59:59Z'), null];
    const buffer = parquetWriteBuffer({ columnData: [{ name: 't', data, type: 'TIMESTAMP' }] });
    const { columns } = await readParquet(new Uint8Array(buffer));
    expect(columns[0]).toEqual(numericColumn('t', 'date', Float64Array.of(20516, NaN)));
  });

  it('refuses what it cannot hold, by name', async () => {
    const file = (data: unknown[]) => new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'x', data }] }));
    await expect(readParquet(file([2n ** 60n]))).rejects.toMatchObject({
      code: 'PARQUET_TYPE_UNSUPPORTED',
      details: { column: 'x' },
    });
    await expect(readParquet(file([0.5, Infinity]))).rejects.toThrow('column x: Infinity is not finite');
    await expect(readParquet(file([1]), { columns: ['y'] })).rejects.toMatchObject({ code: 'COLUMN_NOT_FOUND' });
    await expect(readParquet(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({ code: 'PARQUET_UNREADABLE' });
    const table = tableOf([numericColumn('i', 'integer', Float64Array.of(2 ** 40), 'int32')]);
    expect(() => writeParquet(table)).toThrow('int32');
  });
});
