import { ColumnsError } from './column.errors';
import type { Cell, Column, NumericColumn, StringColumn, Table } from './table';

/** A table of columns of equal length and distinct names. */
export function tableOf(columns: readonly Column[]): Table {
  const rows = columns[0]?.values.length ?? 0;
  const names = new Set<string>();
  for (const { name, values } of columns) {
    if (names.has(name)) throw new ColumnsError('COLUMN_DUPLICATE', `column ${name} occurs twice`, { column: name });
    if (values.length !== rows) {
      const details = { column: name, rows: values.length, expected: rows };
      throw new ColumnsError(
        'COLUMN_LENGTH_MISMATCH',
        `column ${name} has ${values.length} rows, not ${rows}`,
        details,
      );
    }
    names.add(name);
  }
  return { rows, columns };
}

export function columnOf(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (!column) throw new ColumnsError('COLUMN_NOT_FOUND', `table has no column ${name}`, { column: name });
  return column;
}

function mismatch(column: Column, expected: string): ColumnsError {
  const details = { column: column.name, type: column.type, expected };
  return new ColumnsError('COLUMN_TYPE_MISMATCH', `column ${column.name} is ${column.type}, not ${expected}`, details);
}

export function stringColumnOf(table: Table, name: string): StringColumn {
  const column = columnOf(table, name);
  if (column.type !== 'string') throw mismatch(column, 'string');
  return column;
}

export function numericColumnOf(table: Table, name: string): NumericColumn {
  const column = columnOf(table, name);
  if (column.type === 'string') throw mismatch(column, 'number, integer, boolean or date');
  return column;
}

/** The named columns, in the order of the names. */
export function projectColumns(table: Table, names: readonly string[]): Table {
  return { ...tableOf(names.map((name) => columnOf(table, name))), rows: table.rows };
}

function takenFrom(column: Column, indices: ArrayLike<number>): Column {
  const count = indices.length;
  if (column.type === 'string') {
    const values = new Array<string | null>(count);
    for (let i = 0; i < count; i++) values[i] = column.values[indices[i] as number] ?? null;
    return { ...column, values };
  }
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = column.values[indices[i] as number] as number;
  return { ...column, values };
}

/** Rows by index, in the order of the indices; an index may repeat. */
export function takeRows(table: Table, indices: ArrayLike<number>): Table {
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i] as number;
    if (!(index >= 0 && index < table.rows)) throw new RangeError(`row ${index} is not within 0 to ${table.rows - 1}`);
  }
  return { rows: indices.length, columns: table.columns.map((column) => takenFrom(column, indices)) };
}

/** Rows for which the predicate holds; it reads the columns it needs by index. */
export function selectRows(table: Table, predicate: (row: number) => boolean): Table {
  const indices = new Uint32Array(table.rows);
  let count = 0;
  for (let row = 0; row < table.rows; row++) if (predicate(row)) indices[count++] = row;
  return takeRows(table, indices.subarray(0, count));
}

function concatenated(first: Column, parts: readonly Column[], rows: number): Column {
  if (first.type === 'string') {
    const strings: (string | null)[] = [];
    for (const part of parts as readonly StringColumn[]) for (const value of part.values) strings.push(value);
    return { ...first, values: strings };
  }
  const values = new Float64Array(rows);
  let offset = 0;
  for (const part of parts as readonly NumericColumn[]) {
    values.set(part.values, offset);
    offset += part.values.length;
  }
  const wide = (parts as readonly NumericColumn[]).find(({ storage }) => storage.endsWith('64'));
  return { ...first, values, storage: wide?.storage ?? first.storage };
}

/** Tables one after the other; all have the first one's columns by name and type. Storage widens where it differs. */
export function concatTables(tables: readonly Table[]): Table {
  const [first] = tables;
  if (!first) return { rows: 0, columns: [] };
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const columns = first.columns.map((column) => {
    const parts = tables.map((table) => columnOf(table, column.name));
    const other = parts.find((part) => part.type !== column.type);
    if (other) throw mismatch(other, column.type);
    return concatenated(column, parts, rows);
  });
  const extra = tables.flatMap((table) => (table.columns.length > columns.length ? table.columns : []));
  const unknown = extra.find(({ name }) => !columns.some((column) => column.name === name));
  if (unknown)
    throw new ColumnsError('COLUMN_NOT_FOUND', `first table has no column ${unknown.name}`, { column: unknown.name });
  return { rows, columns };
}

const MILLISECONDS_PER_DAY = 86_400_000;

/** yyyy-MM-dd of days since 1970-01-01. */
export function dateText(days: number): string {
  return new Date(days * MILLISECONDS_PER_DAY).toISOString().replace(/T.*$/, '');
}

/** One cell: booleans as true or false, dates as days, null for null. */
export function cellAt(column: Column, row: number): Cell {
  const value = column.values[row];
  if (value === null || value === undefined || typeof value === 'string') return value ?? null;
  if (Number.isNaN(value)) return null;
  return column.type === 'boolean' ? value !== 0 : value;
}

/** Rows as records, as a producer would send them: dates as yyyy-MM-dd. */
export function* recordsOf(table: Table): Generator<Record<string, Cell>> {
  for (let row = 0; row < table.rows; row++) {
    const record: Record<string, Cell> = {};
    for (const column of table.columns) {
      const cell = cellAt(column, row);
      record[column.name] = column.type === 'date' && typeof cell === 'number' ? dateText(cell) : cell;
    }
    yield record;
  }
}
