import { parquetMetadataAsync, parquetRead, type FileMetaData, type SchemaElement } from 'hyparquet';
import { ColumnsError } from './column.errors';
import { type ByteRange, checkMetadata, checkedCompressors, checkFooter, withCheckedPages } from './parquet.check';
import { defaultStorage, type Column, type NumericColumn, type NumericStorage, type Table } from './table';

type Kind = { type: 'string' } | { type: NumericColumn['type']; storage: NumericStorage };

const NUMBER: Kind = { type: 'number', storage: 'float64' };
const DATE: Kind = { type: 'date', storage: 'date' };

const MILLISECONDS_PER_DAY = 86_400_000;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Dates and timestamps become days since 1970-01-01 (UTC). */
const PARSERS = {
  dateFromDays: (days: number) => days,
  timestampFromMilliseconds: (millis: bigint) => Math.floor(Number(millis) / MILLISECONDS_PER_DAY),
  timestampFromMicroseconds: (micros: bigint) => Math.floor(Number(micros) / 1e3 / MILLISECONDS_PER_DAY),
  timestampFromNanoseconds: (nanos: bigint) => Math.floor(Number(nanos) / 1e6 / MILLISECONDS_PER_DAY),
  stringFromBytes: (bytes: Uint8Array) => utf8.decode(bytes),
};

function integerOr32(element: SchemaElement): Kind {
  const unsigned32 = element.converted_type === 'UINT_32';
  const wide = element.type === 'INT64' || unsigned32;
  return { type: 'integer', storage: wide ? 'int64' : 'int32' };
}

/** What a Parquet leaf becomes; null where it cannot be a column. */
function kindOf(element: SchemaElement): Kind | null {
  const { type, converted_type: converted, logical_type: logical, num_children: children } = element;
  if (children !== undefined && children > 0) return null;
  if (element.repetition_type === 'REPEATED') return null;
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL' || logical?.type === 'FLOAT16') return NUMBER;
  const temporal = converted?.startsWith('TIMESTAMP') === true || logical?.type === 'TIMESTAMP' || type === 'INT96';
  if (converted === 'DATE' || logical?.type === 'DATE' || temporal) return DATE;
  if (converted?.startsWith('TIME') || logical?.type === 'TIME' || converted === 'INTERVAL') return null;
  if (type === 'INT32' || type === 'INT64') return integerOr32(element);
  if (type === 'DOUBLE') return NUMBER;
  if (type === 'FLOAT') return { type: 'number', storage: 'float32' };
  if (type === 'BOOLEAN') return { type: 'boolean', storage: defaultStorage('boolean') };
  if (type !== 'BYTE_ARRAY') return null;
  return converted === undefined || converted === 'UTF8' || converted === 'ENUM' ? { type: 'string' } : null;
}

/** Elements directly under the root, in file order. */
function topLevel({ schema }: FileMetaData): SchemaElement[] {
  const elements: SchemaElement[] = [];
  for (let index = 1; index < schema.length;) {
    elements.push(schema[index] as SchemaElement);
    for (let left = 1; left > 0 && index < schema.length; index++) left += (schema[index]?.num_children ?? 0) - 1;
  }
  return elements;
}

function numeric(value: unknown, name: string): number {
  if (value === null || value === undefined) return Number.NaN;
  if (typeof value === 'bigint') {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return number;
    const details = { column: name, value: String(value) };
    throw new ColumnsError('PARQUET_TYPE_UNSUPPORTED', `column ${name}: ${value} is beyond 2^53 - 1`, details);
  }
  if (value instanceof Date) return Math.floor(value.getTime() / MILLISECONDS_PER_DAY);
  const number = Number(value);
  if (Number.isFinite(number) || Number.isNaN(number)) return number;
  throw new ColumnsError('PARQUET_TYPE_UNSUPPORTED', `column ${name}: ${number} is not finite`, { column: name });
}

interface Sink {
  column: Column;
  put(row: number, data: ArrayLike<unknown>): void;
}

function sinkOf(name: string, kind: Kind, rows: number): Sink {
  if (kind.type === 'string') {
    const values = new Array<string | null>(rows).fill(null);
    const put: Sink['put'] = (row, data) => {
      for (let i = 0; i < data.length; i++) values[row + i] = (data[i] as string | null | undefined) ?? null;
    };
    return { column: { name, type: 'string', values }, put };
  }
  const values = new Float64Array(rows).fill(Number.NaN);
  const put: Sink['put'] = (row, data) => {
    if (data instanceof Float64Array && !data.some((value) => Math.abs(value) === Infinity)) values.set(data, row);
    else for (let i = 0; i < data.length; i++) values[row + i] = numeric(data[i], name);
  };
  return { column: { name, ...kind, values }, put };
}

function inMemory(bytes: Uint8Array): ByteRange {
  const buffer = bytes.buffer as ArrayBuffer;
  const { byteOffset, byteLength } = bytes;
  return {
    byteLength,
    slice: (start, end = byteLength) => buffer.slice(byteOffset + start, byteOffset + Math.min(end, byteLength)),
  };
}

async function metadataOf(file: ByteRange): Promise<FileMetaData> {
  try {
    await checkFooter(file);
    const metadata = await parquetMetadataAsync(file);
    checkMetadata(metadata);
    return metadata;
  } catch (cause) {
    throw new ColumnsError('PARQUET_UNREADABLE', `not a Parquet file: ${(cause as Error).message}`, {}, cause);
  }
}

type Chosen = { name: string; kind: Kind };

function chosen(metadata: FileMetaData, names: readonly string[] | undefined): Chosen[] {
  const elements = topLevel(metadata);
  return (names ?? elements.map(({ name }) => name)).map((name) => {
    const element = elements.find((candidate) => candidate.name === name);
    if (!element) throw new ColumnsError('COLUMN_NOT_FOUND', `Parquet file has no column ${name}`, { column: name });
    const kind = kindOf(element);
    if (kind) return { name, kind };
    const type = element.converted_type ?? element.type ?? 'nested';
    throw new ColumnsError('PARQUET_TYPE_UNSUPPORTED', `column ${name} has type ${type}`, { column: name, type });
  });
}

/** Rows [start, end) of the chosen columns. */
async function readRows(
  file: ByteRange,
  metadata: FileMetaData,
  columns: readonly Chosen[],
  start: number,
  end: number,
  thoroughly = false,
): Promise<Table> {
  const sinks = new Map(columns.map(({ name, kind }) => [name, sinkOf(name, kind, end - start)]));
  const failures: unknown[] = [];
  const onChunk = (chunk: { columnName: string; columnData: ArrayLike<unknown>; rowStart: number }) => {
    try {
      sinks.get(chunk.columnName)?.put(chunk.rowStart - start, chunk.columnData);
    } catch (error) {
      failures.push(error); // the reader drops what a callback throws
    }
  };
  try {
    const range = { rowStart: start, rowEnd: end };
    const checked = { file: withCheckedPages(file, metadata, thoroughly), metadata, compressors: checkedCompressors };
    if (end > start) await parquetRead({ ...checked, columns: [...sinks.keys()], parsers: PARSERS, onChunk, ...range });
  } catch (cause) {
    throw new ColumnsError('PARQUET_UNREADABLE', `Parquet file is damaged: ${(cause as Error).message}`, {}, cause);
  }
  if (failures.length > 0) throw failures[0];
  return { rows: end - start, columns: [...sinks.values()].map(({ column }) => column) };
}

/**
 * Reads all or the named columns, in the order named. NaN is read as null; Infinity is refused. `untrusted`: bytes of
 * unknown origin, which may be made to keep a reader busy for ever; what the platform wrote itself is not looked into.
 */
export async function readParquet(
  bytes: Uint8Array,
  options: { columns?: readonly string[]; untrusted?: boolean } = {},
): Promise<Table> {
  const file = inMemory(bytes);
  const metadata = await metadataOf(file);
  return readRows(file, metadata, chosen(metadata, options.columns), 0, Number(metadata.num_rows), options.untrusted);
}

/** A Parquet file that is read row group by row group: what is in memory does not grow with the file. */
export class ParquetSource {
  private constructor(
    private readonly file: ByteRange,
    private readonly metadata: FileMetaData,
  ) {}

  /** Throws PARQUET_UNREADABLE. */
  static async open(file: ByteRange | Uint8Array): Promise<ParquetSource> {
    const range = file instanceof Uint8Array ? inMemory(file) : file;
    return new ParquetSource(range, await metadataOf(range));
  }

  get rows(): number {
    return Number(this.metadata.num_rows);
  }

  /** One table per row group, in order; columns as readParquet takes them. */
  async *groups(options: { columns?: readonly string[] } = {}): AsyncGenerator<Table> {
    const columns = chosen(this.metadata, options.columns);
    let start = 0;
    for (const group of this.metadata.row_groups) {
      const end = start + Number(group.num_rows);
      yield await readRows(this.file, this.metadata, columns, start, end);
      start = end;
    }
  }

  /** One column of the whole file. */
  async column(name: string): Promise<Column> {
    const columns = chosen(this.metadata, [name]);
    const sink = sinkOf(name, (columns[0] as Chosen).kind, this.rows);
    let start = 0;
    for await (const { rows, columns: found } of this.groups({ columns: [name] })) {
      sink.put(start, (found[0] as Column).values);
      start += rows;
    }
    return sink.column;
  }
}
