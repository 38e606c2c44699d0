import fc from 'fast-check';
import {
  concatTables,
  numericColumn,
  ParquetSource,
  ParquetStream,
  readParquet,
  ROWS_PER_GROUP,
  stringColumn,
  type Table,
  tableOf,
  takeRows,
  writeParquet,
} from './index';

const rows = 2 * ROWS_PER_GROUP + 123;
const day: Table = tableOf([
  stringColumn(
    'id',
    Array.from({ length: rows }, (_, row) => `r${row}`),
  ),
  numericColumn(
    'amount',
    'number',
    Float64Array.from({ length: rows }, (_, row) => (row % 11 === 0 ? NaN : row / 8)),
  ),
  stringColumn(
    'kind',
    Array.from({ length: rows }, (_, row) => (row % 5 === 0 ? null : `k${row % 3}`)),
  ),
]);
const schema = [
  { name: 'id', type: 'string' },
  { name: 'amount', type: 'number' },
  { name: 'kind', type: 'string' },
] as const;

/** The day in tables of these sizes, repeated until its end. */
function* cut(sizes: readonly number[]): Generator<Table> {
  for (let start = 0, n = 0; start < rows; n++) {
    const end = Math.min(rows, start + (sizes[n % sizes.length] as number));
    yield takeRows(
      day,
      Array.from({ length: end - start }, (_, index) => start + index),
    );
    start = end;
  }
}

function streamed(tables: Iterable<Table>): Buffer {
  const stream = new ParquetStream(schema);
  const pieces: Uint8Array[] = [];
  for (const table of tables) {
    stream.append(table);
    pieces.push(stream.take());
  }
  return Buffer.concat([...pieces, stream.finish()]);
}

describe('ParquetStream', () => {
  it('gives the same bytes however the rows were cut', () => {
    const whole = Buffer.from(writeParquet(day));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 5_000, max: rows }), { minLength: 1, maxLength: 4 }), (sizes) => {
        expect(streamed(cut(sizes)).equals(whole)).toBe(true);
      }),
      { numRuns: 6 },
    );
  });

  it('hands out a row group as soon as it is full', () => {
    const stream = new ParquetStream(schema);
    const [first, second] = cut([ROWS_PER_GROUP - 1]);
    stream.append(first as Table);
    expect(stream.take()).toHaveLength(4); // the file's first four bytes, PAR1
    stream.append(second as Table);
    expect(stream.take().length).toBeGreaterThan(10_000);
  });

  it('takes columns by name: a missing one is null throughout, a surplus one is left out', async () => {
    const table = tableOf([stringColumn('kind', ['a']), stringColumn('more', ['b']), stringColumn('id', ['1'])]);
    const [read] = await Promise.all([readParquet(streamed([table]))]);
    expect(read).toEqual(
      tableOf([
        stringColumn('id', ['1']),
        numericColumn('amount', 'number', Float64Array.of(NaN)),
        stringColumn('kind', ['a']),
      ]),
    );
  });

  it('refuses a column of another type', () => {
    const wrong = tableOf([stringColumn('amount', ['1'])]);
    expect(() => new ParquetStream(schema).append(wrong)).toThrow(
      expect.objectContaining({ code: 'COLUMN_TYPE_MISMATCH' }),
    );
  });
});

describe('ParquetSource', () => {
  it('reads row group by row group what readParquet reads at once', async () => {
    const source = await ParquetSource.open(writeParquet(day));
    const groups: Table[] = [];
    for await (const group of source.groups()) groups.push(group);
    expect(groups.map((group) => group.rows)).toEqual([ROWS_PER_GROUP, ROWS_PER_GROUP, 123]);
    expect(concatTables(groups)).toEqual(day);
    expect(source.rows).toBe(rows);
  });

  it('reads one column, and names one that is missing', async () => {
    const source = await ParquetSource.open(writeParquet(day));
    expect(await source.column('kind')).toEqual(day.columns[2]);
    expect(await source.column('amount')).toEqual(day.columns[1]);
    await expect(source.column('nothing')).rejects.toMatchObject({ code: 'COLUMN_NOT_FOUND' });
  });

  it('reads from wherever ranges of bytes come', async () => {
    const bytes = writeParquet(day);
    let read = 0;
    const slice = async (start: number, end = bytes.length) => {
      read += end - start;
      return bytes.slice(start, end).buffer;
    };
    const source = await ParquetSource.open({ byteLength: bytes.length, slice });
    expect((await source.column('amount')).values).toEqual(day.columns[1]?.values);
    expect(read).toBeGreaterThan(0);
  });

  it('says that bytes are no Parquet', async () => {
    await expect(ParquetSource.open(new Uint8Array(20))).rejects.toMatchObject({ code: 'PARQUET_UNREADABLE' });
  });
});
