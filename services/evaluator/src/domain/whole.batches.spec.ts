import { concatTables, numericColumn, stringColumn, type Table, tableOf } from '@perennial/columns';
import fc from 'fast-check';
import { wholeBatches } from './whole.batches';

/** Rows `from` to before `to`, told apart by their numbers. */
function rowsOf(from: number, to: number): Table {
  const numbers = Array.from({ length: to - from }, (_, index) => from + index);
  const names = numbers.map((number) => (number % 7 === 0 ? null : `r${number}`));
  return tableOf([stringColumn('name', names), numericColumn('number', 'integer', Float64Array.from(numbers))]);
}

async function* tablesOf(sizes: readonly number[]): AsyncGenerator<Table> {
  let from = 0;
  for (const size of sizes) yield rowsOf(from, (from += size));
}

it('cuts tables of any sizes into whole batches, and keeps every row in its place', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.nat(25)), fc.integer({ min: 1, max: 9 }), async (sizes, size) => {
      const cut: Table[] = [];
      for await (const table of wholeBatches(tablesOf(sizes), size)) cut.push(table);
      const rows = sizes.reduce((sum, each) => sum + each, 0);
      expect(cut.slice(0, -1).filter((table) => table.rows % size > 0)).toEqual([]);
      expect(cut.filter((table) => table.rows === 0)).toEqual([]);
      if (rows > 0) expect(concatTables(cut)).toEqual(rowsOf(0, rows));
      else expect(cut).toEqual([]);
    }),
  ));
