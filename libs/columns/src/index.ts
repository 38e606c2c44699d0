export type { Cell, Column, ColumnSchema, ColumnType, NumericColumn, NumericStorage, Row, StringColumn, Table } from './table';
export { defaultStorage, numericColumn, stringColumn } from './table';
