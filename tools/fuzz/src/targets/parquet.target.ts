import { numericColumn, readParquet, stringColumn, type Table, writeParquet } from '@perennial/columns';
import { decodedBy, type FuzzTarget, requireEqual } from '../fuzz.target';

const table = (rows: number): Table => ({
  rows,
  columns: [
    stringColumn(
      'id',
      Array.from({ length: rows }, (_, row) => (row % 5 === 3 ? null : `row ${row % 7}`)),
    ),
    numericColumn(
      'amount',
      'number',
      Float64Array.from({ length: rows }, (_, row) => (row % 4 === 2 ? NaN : row / 3)),
    ),
    numericColumn(
      'count',
      'integer',
      Float64Array.from({ length: rows }, (_, row) => row % 3),
    ),
    numericColumn(
      'late',
      'boolean',
      Float64Array.from({ length: rows }, (_, row) => row % 2),
    ),
    numericColumn(
      'day',
      'date',
      Float64Array.from({ length: rows }, (_, row) => 20_000 + row),
    ),
  ],
});

export const parquetTarget: FuzzTarget = {
  name: 'parquet',
  tokens: ['PAR1', '\u0000\u0000\u0000\u0000', '\u0015\u0000', '\u0019\u001c', '__proto__'],
  seeds: async () => [writeParquet(table(3)), writeParquet(table(40)), writeParquet({ rows: 0, columns: [] })],
  check: async (input) => {
    const decoded = await decodedBy(() => readParquet(input, { untrusted: true }));
    if (!decoded) return 'refused';
    // Values that a type of the file holds and ours does not are refused in writing, by a typed error too.
    const encoded = await decodedBy(() => writeParquet(decoded));
    if (encoded) requireEqual(decoded, await readParquet(encoded, { untrusted: true }));
    return 'accepted';
  },
};
