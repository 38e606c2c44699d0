import type { ColumnMetaData, FileMetaData, SchemaElement } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { checkedSnappy, checkPage } from './parquet.page.check';
import { endOfStruct } from './thrift.check';

/** Random access to a file's bytes: in memory, or on disk. */
export interface ByteRange {
  readonly byteLength: number;
  slice(start: number, end?: number): ArrayBuffer | Promise<ArrayBuffer>;
}

/** 24 columns of 4,000,000 rows. More in one file is no day's data; few bytes can claim any number. */
const MOST_CELLS = 100_000_000;
const TRAILER = 8;

/** What the end of the file says of itself, before it is read: Throws an Error that says what is wrong. */
export async function checkFooter(file: ByteRange): Promise<void> {
  const { byteLength } = file;
  const trailer = new DataView(await file.slice(Math.max(0, byteLength - TRAILER), byteLength));
  if (trailer.byteLength < TRAILER) throw new Error('it is too short');
  const length = trailer.getUint32(0, true);
  if (length > byteLength - TRAILER) throw new Error(`a footer of ${length} bytes does not fit`);
  const start = byteLength - TRAILER - length;
  endOfStruct(new Uint8Array(await file.slice(start, start + length)), 0);
}

/** Every element has a name, and every one but the root is the child of one. */
function checkSchema(schema: FileMetaData['schema']): void {
  if (schema.some(({ name }) => typeof name !== 'string')) throw new Error('a column has no name');
  const children = schema.map(({ num_children: count }) => count ?? 0);
  const sum = children.reduce((total, count) => total + count, 0);
  if (children.some((count) => count < 0) || sum !== schema.length - 1) {
    throw new Error(`its schema has ${schema.length} elements and says ${sum} children`);
  }
}

/** A row group says the type of a column once more, and readers go by either. */
function checkTypes({ schema, row_groups: groups }: FileMetaData): void {
  for (const { meta_data: data } of groups.flatMap(({ columns }) => columns)) {
    const [name, child] = data?.path_in_schema ?? [];
    if (!data || child !== undefined) continue;
    if (!schema.some((element) => element.name === name && element.type === data.type)) {
      throw new Error(`column ${name} is ${data.type} in a row group and not in the schema`);
    }
  }
}

/** Schema, types and row counts agree with each other, and rows are within what is read into memory. Throws an Error. */
export function checkMetadata(metadata: FileMetaData): void {
  const { num_rows: rows, row_groups: groups, schema } = metadata;
  checkSchema(schema);
  checkTypes(metadata);
  const counts = groups.map((group) => Number(group.num_rows));
  const sum = counts.reduce((total, count) => total + count, 0);
  if (counts.some((count) => count < 0) || sum !== Number(rows)) {
    throw new Error(`it says ${rows} rows, and its row groups have ${sum}`);
  }
  const columns = Math.max(1, schema.length - 1);
  if (sum * columns > MOST_CELLS)
    throw new Error(`${rows} rows of ${columns} columns are more than ${MOST_CELLS} values`);
}

/** The pages of a column chunk that begins at `at` and has `rows` rows. Throws an Error. */
function checkPages(
  bytes: Uint8Array,
  { codec, total_compressed_size: size }: ColumnMetaData,
  rows: number,
  element: SchemaElement | undefined,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let values = 0;
  for (let at = 0; at < Math.min(bytes.length - 1, Number(size) - 1);) {
    endOfStruct(bytes, at);
    const reader = { view, offset: at };
    const header = parquetHeader(reader);
    const { compressed_page_size: compressed, uncompressed_page_size: whole } = header;
    if (!(compressed >= 0 && compressed <= bytes.length - reader.offset))
      throw new Error(`a page of ${compressed} bytes does not fit`);
    if (codec === 'UNCOMPRESSED' && whole !== compressed)
      throw new Error(`a page says ${whole} bytes and has ${compressed}`);
    const data = header.data_page_header ?? header.data_page_header_v2;
    const count = data?.num_values ?? header.dictionary_page_header?.num_values ?? 0;
    // A value of a dictionary takes a bit at least.
    if (!(count >= 0 && (data ? (values += count) <= rows : count <= whole * 8)))
      throw new Error(`a page of ${count} values does not fit`);
    const end = reader.offset + compressed;
    if (element) checkPage(bytes.subarray(reader.offset, end), header, codec, element);
    at = end;
  }
}

/**
 * The file, with the pages of each column chunk checked before a reader gets its bytes; `thoroughly`, also what is in
 * them, which takes unpacking them once more.
 */
export function withCheckedPages(
  file: ByteRange,
  { row_groups: groups, schema }: FileMetaData,
  thoroughly = false,
): ByteRange {
  const elementOf = (name: string | undefined) => schema.find((element) => element.name === name);
  const chunks = groups.flatMap(({ columns, num_rows: rows }) =>
    columns.flatMap(({ meta_data: data }) => {
      if (!data) return [];
      const start = Number(data.dictionary_page_offset || data.data_page_offset);
      const element = thoroughly ? elementOf(data.path_in_schema[0]) : undefined;
      return [{ data, element, rows: Number(rows), start, end: start + Number(data.total_compressed_size) }];
    }),
  );
  return {
    byteLength: file.byteLength,
    slice: async (from, to = file.byteLength) => {
      const bytes = await file.slice(from, to);
      for (const { data, element, rows, start, end } of chunks) {
        if (start >= from && end <= to)
          checkPages(new Uint8Array(bytes, start - from, end - start), data, rows, element);
      }
      return bytes;
    },
  };
}

export const checkedCompressors = { SNAPPY: checkedSnappy };
