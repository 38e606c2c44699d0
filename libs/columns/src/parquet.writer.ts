import type { DecodedArray, SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { Column, NumericColumn, Table } from './table';

const ROWS_PER_GROUP = 100_000;

const PHYSICAL: Record<NumericColumn['storage'], Partial<SchemaElement>> = {
  float64: { type: 'DOUBLE' },
  float32: { type: 'FLOAT' },
  int64: { type: 'INT64' },
  int32: { type: 'INT32' },
  boolean: { type: 'BOOLEAN' },
  date: { type: 'INT32', converted_type: 'DATE' },
};

/** Every column is optional, so that the schema does not depend on the day's values. */
function elementOf(column: Column): SchemaElement {
  const physical: Partial<SchemaElement> =
    column.type === 'string' ? { type: 'BYTE_ARRAY', converted_type: 'UTF8' } : PHYSICAL[column.storage];
  return { name: column.name, repetition_type: 'OPTIONAL', ...physical };
}

function physicalValues(column: Column, start: number, end: number): DecodedArray {
  if (column.type === 'string') return column.values.slice(start, end) as (string | null)[];
  const { storage } = column;
  const values = column.values.subarray(start, end);
  if (storage === 'int64') return Array.from(values, (value) => (Number.isNaN(value) ? null : BigInt(value)));
  if (storage === 'boolean') return Array.from(values, (value) => (Number.isNaN(value) ? null : value !== 0));
  if (!values.some(Number.isNaN)) return storage === 'float32' ? Float32Array.from(values) : values;
  const narrow = storage === 'float32' ? Math.fround : (value: number) => value;
  return Array.from(values, (value) => (Number.isNaN(value) ? null : narrow(value)));
}

/** Parquet bytes (Snappy), the same for equal tables. Throws where a value does not fit the column's storage. */
export function writeParquet(table: Table): Uint8Array {
  const bytes = new ByteWriter();
  const root: SchemaElement = { name: 'root', num_children: table.columns.length };
  const schema = [root, ...table.columns.map(elementOf)];
  const writer = new ParquetWriter({ writer: bytes, schema, createdBy: 'perennial' });
  // Group by group, so that the written form of one group is in memory at a time.
  for (let start = 0; start < table.rows; start += ROWS_PER_GROUP) {
    const end = Math.min(start + ROWS_PER_GROUP, table.rows);
    const columnData = table.columns.map((column) => ({
      name: column.name,
      data: physicalValues(column, start, end),
    }));
    void writer.write({ columnData, rowGroupSize: ROWS_PER_GROUP });
  }
  void writer.finish();
  return bytes.getBytes();
}
