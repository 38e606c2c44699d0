/** What a column holds. Dates are whole days (UTC); categories are strings. */
export type ColumnType = 'string' | 'number' | 'integer' | 'boolean' | 'date';

/** Physical width in Parquet; in memory every numeric column is a Float64Array. */
export type NumericStorage = 'float64' | 'float32' | 'int64' | 'int32' | 'boolean' | 'date';

/**
 * number, integer, boolean (0 or 1) and date (days since 1970-01-01).
 * NaN is null: a stored value is always finite. Integers are exact up to 2^53.
 */
export interface NumericColumn {
  readonly name: string;
  readonly type: 'number' | 'integer' | 'boolean' | 'date';
  readonly storage: NumericStorage;
  readonly values: Float64Array;
}

export interface StringColumn {
  readonly name: string;
  readonly type: 'string';
  readonly values: readonly (string | null)[];
}

export type Column = NumericColumn | StringColumn;

/** Columns of equal length, in order; column names are unique. */
export interface Table {
  readonly rows: number;
  readonly columns: readonly Column[];
}

/** One value as a row carries it: dates as days since 1970-01-01. */
export type Cell = string | number | boolean | null;

/** Cells in the order of the schema's columns. */
export type Row = readonly Cell[];

export interface ColumnSchema {
  readonly name: string;
  readonly type: ColumnType;
  readonly storage?: NumericStorage;
}

const STORAGE_BY_TYPE = { number: 'float64', integer: 'int64', boolean: 'boolean', date: 'date' } as const;

/** Lossless default storage of a numeric type. */
export function defaultStorage(type: NumericColumn['type']): NumericStorage {
  return STORAGE_BY_TYPE[type];
}

export function stringColumn(name: string, values: readonly (string | null)[]): StringColumn {
  return { name, type: 'string', values };
}

export function numericColumn(
  name: string,
  type: NumericColumn['type'],
  values: Float64Array,
  storage: NumericStorage = defaultStorage(type),
): NumericColumn {
  return { name, type, storage, values };
}
