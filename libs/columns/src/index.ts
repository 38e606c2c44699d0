export { ColumnsError, type ColumnsErrorCode } from './column.errors';
export { csvRecords } from './csv.records';
export { jsonRecords } from './json.records';
export { ndjsonRecords } from './ndjson.records';
export { packTable, unpackTable } from './packed.table';
export type { ByteRange } from './parquet.check';
export { ParquetSource, readParquet } from './parquet.reader';
export { ParquetStream, ROWS_PER_GROUP } from './parquet.stream';
export { writeParquet } from './parquet.writer';
export type { ByteSource, StreamedRecord } from './record.stream';
export type {
  Cell,
  Column,
  ColumnSchema,
  ColumnType,
  NumericColumn,
  NumericStorage,
  Row,
  StringColumn,
  Table,
} from './table';
export { defaultStorage, numericColumn, stringColumn } from './table';
export { TableBuilder, tableFromRows } from './table.builder';
export {
  cellAt,
  columnOf,
  concatTables,
  dateText,
  numericColumnOf,
  projectColumns,
  recordsOf,
  selectRows,
  stringColumnOf,
  tableOf,
  takeRows,
} from './table.operations';
