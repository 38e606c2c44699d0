import type { Column, NumericColumn, StringColumn } from '@perennial/columns';
import type { ColumnStatistics } from './fitted-preprocessing';

/** The non-null values in ascending order: sums over them do not depend on the order of the rows. */
export function sortedValues(values: Float64Array): Float64Array {
  return values.filter((value) => !Number.isNaN(value)).sort();
}

/** Dividing before adding keeps sums of large values finite. */
export function meanOf(values: ArrayLike<number>): number {
  let mean = 0;
  for (let i = 0; i < values.length; i++) mean += (values[i] as number) / values.length;
  return mean;
}

/** Population standard deviation (ddof 0), as scikit-learn's StandardScaler. */
export function standardDeviationOf(values: ArrayLike<number>, mean: number): number {
  let variance = 0;
  for (let i = 0; i < values.length; i++) variance += ((values[i] as number) - mean) ** 2 / values.length;
  return Math.sqrt(variance);
}

/** Middle of sorted values; the mean of the two middle ones where their number is even. Never -0, which JSON cannot say. */
export function medianOf(sorted: ArrayLike<number>): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return (sorted.length % 2 === 1 ? upper : (sorted[middle - 1] as number) / 2 + upper / 2) + 0;
}

export function valueCounts(column: StringColumn): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of column.values)
    if (value !== null && value !== '') counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function distinctOf(sorted: Float64Array): number {
  let distinct = 0;
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) distinct++;
  return distinct;
}

/** Finite in JSON: a deviation beyond the largest double is stored as that. */
const finite = (value: number) => Math.min(value, Number.MAX_VALUE);

function ofNumeric({ type, values }: NumericColumn): ColumnStatistics {
  const sorted = sortedValues(values);
  const rows = values.length;
  const nulls = rows - sorted.length;
  const mean = sorted.length === 0 ? null : meanOf(sorted);
  return {
    type,
    rows,
    nulls,
    nullShare: rows === 0 ? 0 : nulls / rows,
    min: sorted[0] ?? null,
    max: sorted[sorted.length - 1] ?? null,
    mean,
    std: mean === null ? null : finite(standardDeviationOf(sorted, mean)),
    distinct: distinctOf(sorted),
    unknownShare: 0,
  };
}

function ofStrings(column: StringColumn): ColumnStatistics {
  const rows = column.values.length;
  const nulls = column.values.reduce((sum, value) => sum + (value === null || value === '' ? 1 : 0), 0);
  const nullShare = rows === 0 ? 0 : nulls / rows;
  const distinct = valueCounts(column).size;
  return {
    type: 'string',
    rows,
    nulls,
    nullShare,
    min: null,
    max: null,
    mean: null,
    std: null,
    distinct,
    unknownShare: 0,
  };
}

export function statisticsOf(column: Column): ColumnStatistics {
  return column.type === 'string' ? ofStrings(column) : ofNumeric(column);
}
