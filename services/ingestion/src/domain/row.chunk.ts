import type { AcceptedRow } from './sifting';

/** Rows as text: one JSON array of cells per line, in the order of `columns`. */
export interface RowChunk {
  firstOffset: number;
  lastOffset: number;
  rows: number;
  columns: readonly string[];
  ndjson: string;
}

/** Text of one chunk in UTF-16 units: compressed well under the database's 16 MB, and cheap to hold when read. */
const MAX_CHUNK_LENGTH = 4_000_000;

/** Cuts rows into chunks in offset order. A record is validated before, so a single row is never near the limit. */
export function chunkRows(rows: readonly AcceptedRow[], columns: readonly string[]): RowChunk[] {
  const chunks: RowChunk[] = [];
  let lines: string[] = [];
  let length = 0;
  let start = 0;
  rows.forEach(({ row }, index) => {
    const line = JSON.stringify(row);
    lines.push(line);
    length += line.length + 1;
    if (length < MAX_CHUNK_LENGTH && index < rows.length - 1) return;
    chunks.push(chunkOf(rows.slice(start, index + 1), lines, columns));
    lines = [];
    length = 0;
    start = index + 1;
  });
  return chunks;
}

function chunkOf(rows: readonly AcceptedRow[], lines: string[], columns: readonly string[]): RowChunk {
  const firstOffset = rows[0]?.offset ?? 0;
  const lastOffset = rows.at(-1)?.offset ?? firstOffset;
  return { firstOffset, lastOffset, rows: rows.length, columns, ndjson: lines.join('\n') };
}

type StoredCell = string | number | boolean | null;

/** Rows in the order of `wanted`; a column that the chunk does not have is null throughout. */
export function rowsOf(chunk: Pick<RowChunk, 'columns' | 'ndjson'>, wanted: readonly string[]): StoredCell[][] {
  // Line ends within cells are escaped, so every line end separates rows.
  const rows = JSON.parse(`[${chunk.ndjson.replaceAll('\n', ',')}]`) as StoredCell[][];
  if (wanted.length === chunk.columns.length && wanted.every((name, i) => name === chunk.columns[i])) return rows;
  const positions = wanted.map((name) => chunk.columns.indexOf(name));
  return rows.map((row) => positions.map((position) => (position < 0 ? null : (row[position] ?? null))));
}
