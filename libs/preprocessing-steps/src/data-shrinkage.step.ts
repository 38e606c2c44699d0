import type { Column, NumericStorage } from '@perennial/columns';
import type { DroppedColumn, RawColumn } from './fitted-preprocessing';

/** Drops a feature that says nothing: one value only. Null is a value of a category, and imputed in a number. */
export function dropConstant(feature: string, distinct: number, dropConstants: boolean): DroppedColumn | null {
  if (!dropConstants || distinct > 1) return null;
  return { column: feature, step: 'data-shrinkage', reason: 'one value in the reference' };
}

const INT32_LIMIT = 2 ** 31;

function every(values: Float64Array, holds: (value: number) => boolean): boolean {
  return values.every((value) => Number.isNaN(value) || holds(value));
}

/** The narrowest storage that holds every value exactly. */
export function narrowestStorage(column: Column): RawColumn['storage'] {
  if (column.type === 'string') return 'string';
  if (column.type === 'boolean' || column.type === 'date') return column.type;
  if (column.type === 'number')
    return every(column.values, (value) => Math.fround(value) === value) ? 'float32' : 'float64';
  return every(column.values, (value) => value >= -INT32_LIMIT && value < INT32_LIMIT) ? 'int32' : 'int64';
}

/** The fitted storage, or a wider one where a day's values do not fit it. */
export function storageFor(column: Column, fitted: RawColumn['storage']): NumericStorage | 'string' {
  const needed = narrowestStorage(column);
  return needed.endsWith('64') ? needed : fitted;
}
