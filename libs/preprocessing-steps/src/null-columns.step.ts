import type { ColumnStatistics, DroppedColumn } from './fitted-preprocessing';

/** Drops a column whose null share exceeds the limit, and one that holds nothing at all. */
export function dropNullColumn(column: string, statistics: ColumnStatistics, dropAbove: number): DroppedColumn | null {
  const { nulls, rows, nullShare } = statistics;
  if (nulls === rows) return { column, step: 'null-columns', reason: 'every value is null' };
  if (nullShare <= dropAbove) return null;
  return { column, step: 'null-columns', reason: `null share ${nullShare.toFixed(4)} exceeds ${dropAbove}` };
}
