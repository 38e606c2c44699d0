import {
  type Column,
  type ColumnSchema,
  defaultStorage,
  packTable,
  type Row,
  stringColumn,
  type Table,
  tableFromRows,
  unpackTable,
} from '@perennial/columns';
import type { ValidRow } from '@perennial/pipeline';
import { packTexts, textsOf, unpackTexts } from './text.block';

export interface AcceptedRow {
  offset: number;
  row: ValidRow;
}

/** How a dataset's rows are kept. */
export interface RowSchema {
  columns: readonly ColumnSchema[];
  recordId: string;
}

/** Rows of one stream and day, column by column. */
export interface RowChunk {
  firstOffset: number;
  lastOffset: number;
  rows: number;
  /** The record ids as text, as packTexts packs them: all that duplicates are found by. */
  ids: Uint8Array;
  /** The columns, as packTable packs them; a record id of text is in `ids` only. */
  data: Uint8Array;
}

/** Bounds of one chunk: well under the database's 16 MB for a document, and cheap to hold when read. */
const MAX_ROWS = 16_384;
const MAX_TEXT_LENGTH = 4_000_000;

function textLength(row: Row): number {
  let length = 0;
  for (const cell of row) if (typeof cell === 'string') length += cell.length;
  return length;
}

/** Cuts rows into chunks in offset order. */
export function chunkRows(rows: readonly AcceptedRow[], schema: RowSchema): RowChunk[] {
  const chunks: RowChunk[] = [];
  let length = 0;
  let start = 0;
  rows.forEach(({ row }, index) => {
    length += textLength(row);
    const full = length >= MAX_TEXT_LENGTH || index + 1 - start === MAX_ROWS;
    if (!full && index < rows.length - 1) return;
    chunks.push(chunkOf(rows.slice(start, index + 1), schema));
    length = 0;
    start = index + 1;
  });
  return chunks;
}

function chunkOf(rows: readonly AcceptedRow[], schema: RowSchema): RowChunk {
  const firstOffset = rows[0]?.offset ?? 0;
  const lastOffset = rows.at(-1)?.offset ?? firstOffset;
  const packed = packRows(
    rows.map(({ row }) => row),
    schema,
  );
  return { firstOffset, lastOffset, rows: rows.length, ...packed };
}

function packRows(rows: readonly Row[], { columns, recordId }: RowSchema): Pick<RowChunk, 'ids' | 'data'> {
  const idIndex = columns.findIndex(({ name }) => name === recordId);
  const ids = packTexts(rows.map((row) => String(row[idIndex])));
  const kept = columns.flatMap((column, index) =>
    index === idIndex && column.type === 'string' ? [] : [columnOfRows(column, index, rows)],
  );
  return { ids, data: packTable({ rows: rows.length, columns: kept }) };
}

/** The rows come validated, so that every cell is of its column's type. */
function columnOfRows({ name, type }: ColumnSchema, index: number, rows: readonly Row[]): Column {
  if (type === 'string')
    return stringColumn(
      name,
      rows.map((row) => (row[index] ?? null) as string | null),
    );
  const values = new Float64Array(rows.length);
  for (let row = 0; row < rows.length; row++) {
    const cell = (rows[row] as Row)[index] ?? null;
    values[row] = cell === null ? Number.NaN : Number(cell);
  }
  return { name, type, storage: defaultStorage(type), values };
}

/** The chunk's rows with all their columns, in no particular order of columns. */
export function tableOfChunk({ ids, data }: Pick<RowChunk, 'ids' | 'data'>, recordId: string): Table {
  const table = unpackTable(data);
  if (table.columns.some(({ name }) => name === recordId)) return table;
  return { ...table, columns: [stringColumn(recordId, textsOf(unpackTexts(ids))), ...table.columns] };
}

/** A chunk that an earlier version stored: one JSON array of cells per line, in the order of `columns`. */
export function chunkOfLines(ndjson: string, names: readonly string[], { columns, recordId }: RowSchema) {
  // Line ends within cells are escaped, so every line end separates rows.
  const rows = JSON.parse(`[${ndjson.replaceAll('\n', ',')}]`) as Row[];
  const known = columns.filter(({ name }) => names.includes(name));
  const positions = known.map(({ name }) => names.indexOf(name));
  const cells = rows.map((row) => positions.map((position) => row[position] ?? null));
  tableFromRows(known, cells); // a column whose type has changed since is refused
  return packRows(cells, { columns: known, recordId });
}
