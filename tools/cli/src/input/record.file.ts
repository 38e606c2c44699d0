import { createReadStream, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { csvRecords, ndjsonRecords, readParquet, recordsOf, type StreamedRecord } from '@perennial/columns';
import type { ColumnDeclaration } from '@perennial/pipeline';
import { badInput } from '../command.error';
import { recordTyping } from './cell.typing';

export type DataRecord = Record<string, unknown>;

type Read = (path: string, columns: readonly ColumnDeclaration[]) => AsyncGenerator<StreamedRecord>;

async function* fromCsv(path: string, columns: readonly ColumnDeclaration[]): AsyncGenerator<StreamedRecord> {
  const typed = recordTyping(columns);
  for await (const read of csvRecords(createReadStream(path))) {
    yield read.problem ? read : { ...read, record: typed(read.record as DataRecord) };
  }
}

async function* fromJsonLines(path: string): AsyncGenerator<StreamedRecord> {
  yield* ndjsonRecords(createReadStream(path));
}

/** Parquet has no categories of numeric origin and may store identifiers as numbers: strings are what is declared. */
async function* fromParquet(path: string, columns: readonly ColumnDeclaration[]): AsyncGenerator<StreamedRecord> {
  const texts = new Set(columns.filter(({ type }) => type === 'string').map(({ name }) => name));
  let position = 0;
  for (const record of recordsOf(await readParquet(await readFile(path), { untrusted: true }))) {
    const entries = Object.entries(record).map(([name, value]) => [
      name,
      texts.has(name) && value !== null ? String(value) : value,
    ]);
    yield { position: ++position, record: Object.fromEntries(entries) as DataRecord };
  }
}

const readers: Readonly<Record<string, Read>> = {
  '.csv': fromCsv,
  '.jsonl': fromJsonLines,
  '.ndjson': fromJsonLines,
  '.parquet': fromParquet,
};

const positionName = (path: string) => (extname(path).toLowerCase() === '.parquet' ? 'row' : 'line');

/**
 * Records of a .csv, .jsonl, .ndjson or .parquet file, values typed as the columns declare.
 * @throws CommandError with the line where the file cannot be read
 */
export async function* recordsOfFile(path: string, columns: readonly ColumnDeclaration[]): AsyncGenerator<DataRecord> {
  const read = readers[extname(path).toLowerCase()];
  if (!read) throw badInput(`${path}: must end in .csv, .jsonl, .ndjson or .parquet`);
  if (!existsSync(path)) throw badInput(`${path}: there is no such file`);
  const at = positionName(path);
  try {
    for await (const { position, record, problem } of read(path, columns)) {
      if (problem)
        throw badInput(`${path}, ${at} ${position}: ${problem.rule}`, { details: { at: position, ...problem } });
      if (typeof record !== 'object' || record === null || Array.isArray(record)) {
        throw badInput(`${path}, ${at} ${position}: must be an object`, { details: { at: position } });
      }
      yield record as DataRecord;
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): unknown {
  const { name, message, details } = error as Error & { details?: { line?: number } };
  if (name !== 'ColumnsError') return error;
  const place = details?.line === undefined ? path : `${path}, line ${details.line}`;
  return badInput(`${place}: ${message}`, { cause: error, details });
}
