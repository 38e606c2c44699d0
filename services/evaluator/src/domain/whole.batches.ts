import { concatTables, takeRows, type Table } from '@perennial/columns';

/**
 * The same rows in the same order, cut where batches of `size` rows end: every table but the last holds whole batches,
 * wherever the tables before it ended.
 */
export async function* wholeBatches(tables: AsyncIterable<Table>, size: number): AsyncGenerator<Table> {
  let rest: Table | null = null;
  for await (const table of tables) {
    const rows: Table = rest && rest.rows > 0 ? concatTables([rest, table]) : table;
    const whole = rows.rows - (rows.rows % size);
    if (whole > 0) yield whole === rows.rows ? rows : slice(rows, 0, whole);
    rest = slice(rows, whole, rows.rows);
  }
  if (rest && rest.rows > 0) yield rest;
}

const slice = (table: Table, start: number, end: number): Table =>
  takeRows(
    table,
    Uint32Array.from({ length: end - start }, (_, index) => start + index),
  );
