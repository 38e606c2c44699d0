import { pipeline, Readable } from 'node:stream';
import { CsvError, parse, type Info } from 'csv-parse';
import { ColumnsError } from './column.errors';
import { chunksOf, unreadable, type ByteSource, type StreamedRecord } from './record.stream';

const MAX_RECORD_CHARACTERS = 1_048_576;

async function* utf8Text(source: ByteSource): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const chunk of chunksOf(source)) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

/** What the file is at fault for; an error of the source passes unchanged. */
function fileError(cause: unknown): unknown {
  if ((cause as { code?: string }).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    return new ColumnsError('CSV_UNREADABLE', 'not CSV: must be UTF-8', {}, cause);
  }
  if (!(cause instanceof CsvError)) return cause;
  const { lines: line } = cause as CsvError & { lines?: number };
  return new ColumnsError('CSV_UNREADABLE', `not CSV: ${cause.message}`, { line }, cause);
}

const LINE_BREAK = /\r\n|\n|\r/g;

/** Lines that a record takes; info.lines of the parser counts a CRLF within quotes twice. */
function linesOf(fields: readonly string[]): number {
  return fields.reduce((lines, field) => lines + (field.match(LINE_BREAK)?.length ?? 0), 1);
}

function checkedHeader(header: string[]): string[] {
  header.forEach((name, index) => {
    if (name === '__proto__') {
      throw new ColumnsError('CSV_UNREADABLE', `CSV header: a column cannot be called ${name}`, {
        line: 1,
        column: name,
      });
    }
    if (name === '')
      throw new ColumnsError('CSV_UNREADABLE', `CSV header: column ${index + 1} has no name`, { line: 1 });
    if (header.indexOf(name) < index) {
      throw new ColumnsError('CSV_UNREADABLE', `CSV header: column ${name} occurs twice`, { line: 1, column: name });
    }
  });
  return header;
}

function recordOf(header: readonly string[], fields: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {};
  for (let index = 0; index < header.length; index++) record[header[index] as string] = fields[index] as string;
  return record;
}

/**
 * RFC 4180 with a header; every value is text. A record with too few or too many fields is reported and
 * reading goes on; broken quoting, a bad header or text that is not UTF-8 throws, with the line in details.
 */
export async function* csvRecords(
  source: ByteSource,
  options: { delimiter?: string } = {},
): AsyncGenerator<StreamedRecord> {
  const parser = parse({
    bom: true,
    delimiter: options.delimiter ?? ',',
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD_CHARACTERS,
  });
  pipeline(Readable.from(utf8Text(source), { objectMode: true }), parser, () => undefined);
  let header: string[] | null = null;
  let linesBefore = 0; // of records; blank lines come on top
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      const line = linesBefore + info.empty_lines + 1;
      if (header === null) header = checkedHeader(record);
      else if (record.length === header.length) yield { position: line, record: recordOf(header, record) };
      else yield unreadable(line, `must have ${header.length} fields, has ${record.length}`, record.join(','));
      linesBefore += linesOf(record);
    }
  } catch (cause) {
    throw fileError(cause);
  }
  if (header === null) throw new ColumnsError('CSV_UNREADABLE', 'CSV has no header', { line: 1 });
}
