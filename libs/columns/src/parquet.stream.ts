import type { DecodedArray, SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { ColumnsError } from './column.errors';
import { defaultStorage, type Column, type ColumnSchema, type NumericColumn, type Table } from './table';
import { columnOf } from './table.operations';

/** Rows of one row group: what is in memory at a time while a file is written or read. */
export const ROWS_PER_GROUP = 50_000;

const PHYSICAL: Record<NumericColumn['storage'], Partial<SchemaElement>> = {
  float64: { type: 'DOUBLE' },
  float32: { type: 'FLOAT' },
  int64: { type: 'INT64' },
  int32: { type: 'INT32' },
  boolean: { type: 'BOOLEAN' },
  date: { type: 'INT32', converted_type: 'DATE' },
};

const INITIAL_CAPACITY = 1_024;

type Numeric = NumericColumn['storage'];

/** A column as it is collected: a whole group's cells, NaN for null. */
type Buffered =
  | { name: string; type: 'string'; values: (string | null)[] }
  | { name: string; type: NumericColumn['type']; storage: Numeric; values: Float64Array };

/** Every column is optional, so that the schema does not depend on the day's values. */
function elementOf(column: Buffered): SchemaElement {
  const physical: Partial<SchemaElement> =
    column.type === 'string' ? { type: 'BYTE_ARRAY', converted_type: 'UTF8' } : PHYSICAL[column.storage];
  return { name: column.name, repetition_type: 'OPTIONAL', ...physical };
}

function physicalValues(column: Buffered, rows: number): DecodedArray {
  if (column.type === 'string') return column.values.slice(0, rows);
  const { storage } = column;
  const values = column.values.subarray(0, rows);
  if (storage === 'int64') return mapped(values, BigInt);
  if (storage === 'boolean') return mapped(values, (value) => value !== 0);
  if (!values.some(Number.isNaN)) return storage === 'float32' ? Float32Array.from(values) : values.slice();
  return mapped(values, storage === 'float32' ? Math.fround : (value) => value);
}

function mapped<T>(values: Float64Array, convert: (value: number) => T): DecodedArray {
  const converted = new Array<T | null>(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    converted[i] = Number.isNaN(value) ? null : convert(value);
  }
  return converted;
}

function bufferOf(schema: ColumnSchema): Buffered {
  const { name, type, storage } = schema;
  if (type === 'string') return { name, type, values: [] };
  return { name, type, storage: storage ?? defaultStorage(type), values: new Float64Array(INITIAL_CAPACITY) };
}

/** The table's column of this name; null where it has none, which is null throughout. */
function sourceOf(table: Table, { name, type }: Buffered): Column | null {
  if (!table.columns.some((column) => column.name === name)) return null;
  const column = columnOf(table, name);
  if (column.type === type) return column;
  const details = { column: name, type: column.type, expected: type };
  throw new ColumnsError('COLUMN_TYPE_MISMATCH', `column ${name} is ${column.type}, not ${type}`, details);
}

/** Doubles up to a whole group, so that a small table costs little. */
function grown(values: Float64Array, rows: number): Float64Array {
  if (rows <= values.length) return values;
  const capacity = Math.min(ROWS_PER_GROUP, Math.max(rows, values.length * 2));
  const larger = new Float64Array(capacity);
  larger.set(values);
  return larger;
}

function copyCells(source: Column | null, start: number, end: number, target: Buffered, at: number): void {
  if (target.type === 'string') {
    const values = source?.values as readonly (string | null)[] | undefined;
    for (let row = start; row < end; row++) target.values[at + row - start] = values?.[row] ?? null;
    return;
  }
  target.values = grown(target.values, at + end - start);
  if (source) target.values.set((source.values as Float64Array).subarray(start, end), at);
  else target.values.fill(Number.NaN, at, at + end - start);
}

/**
 * Writes a Parquet file (Snappy) piece by piece: one row group is in memory at a time. The bytes depend on the rows
 * alone, not on how they were cut into tables.
 */
export class ParquetStream {
  private readonly columns: Buffered[];
  private readonly bytes = new ByteWriter();
  private readonly writer: ParquetWriter;
  private buffered = 0;

  constructor(schema: readonly ColumnSchema[]) {
    this.columns = schema.map(bufferOf);
    const root: SchemaElement = { name: 'root', num_children: schema.length };
    const elements = [root, ...this.columns.map(elementOf)];
    this.writer = new ParquetWriter({ writer: this.bytes, schema: elements, createdBy: 'perennial' });
  }

  /** Columns go by name; those that the table has beyond the schema are left out. Throws COLUMN_TYPE_MISMATCH. */
  append(table: Table): void {
    const sources = this.columns.map((column) => sourceOf(table, column));
    for (let start = 0; start < table.rows;) {
      const end = Math.min(table.rows, start + ROWS_PER_GROUP - this.buffered);
      this.columns.forEach((column, index) => copyCells(sources[index] ?? null, start, end, column, this.buffered));
      this.buffered += end - start;
      start = end;
      if (this.buffered === ROWS_PER_GROUP) this.writeGroup();
    }
  }

  /** The bytes that are complete and were not taken yet. */
  take(): Uint8Array {
    const taken = this.bytes.getBytes().slice();
    this.bytes.index = 0;
    return taken;
  }

  /** The last bytes of the file. Throws where a value does not fit the column's storage. */
  finish(): Uint8Array {
    if (this.buffered > 0) this.writeGroup();
    void this.writer.finish();
    return this.take();
  }

  private writeGroup(): void {
    const columnData = this.columns.map((column) => ({
      name: column.name,
      data: physicalValues(column, this.buffered),
    }));
    void this.writer.write({ columnData, rowGroupSize: ROWS_PER_GROUP });
    this.buffered = 0;
  }
}
