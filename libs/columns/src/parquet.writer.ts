import { ParquetStream } from './parquet.stream';
import type { Column, ColumnSchema, Table } from './table';

export const schemaOf = (column: Column): ColumnSchema =>
  column.type === 'string'
    ? { name: column.name, type: column.type }
    : { name: column.name, type: column.type, storage: column.storage };

/** Parquet bytes (Snappy), the same for equal tables. Throws where a value does not fit the column's storage. */
export function writeParquet(table: Table): Uint8Array {
  const stream = new ParquetStream(table.columns.map(schemaOf));
  stream.append(table);
  return stream.finish();
}
