import type { Readable } from 'node:stream';
import type { FileReference } from '@perennial/contracts';
import type { RecordProblem } from '@perennial/pipeline';
import type { PartitionSlice, Transaction } from '@perennial/messaging';
import type { Day, RowCounts } from '../domain/day';
import type { RowChunk, RowSchema } from '../domain/row.chunk';
import type { QuarantinedRecord, SiftedSlice } from '../domain/sifting';

/** A day as stored; save refuses when the stored revision is another one. */
export interface StoredDay {
  day: Day;
  revision: number;
}

export interface DayStore {
  load(dataset: string, day: string, transaction?: Transaction): Promise<StoredDay | null>;
  /** revision null: the day is new. Throws CONFLICT. dueAt: when the day must be looked at again. */
  save(day: Day, revision: number | null, dueAt: Date | null, transaction: Transaction): Promise<void>;
  /** Days that are due, longest first. */
  due(now: Date, limit: number): Promise<{ dataset: string; day: string }[]>;
  /** Makes every day with an open batch due, as closing rules may have changed since it was saved. */
  makeOpenDaysDue(now: Date): Promise<void>;
  list(dataset: string, limit: number): Promise<Day[]>;
}

/** What an operator watches. */
export interface IngestionMetrics {
  taken(dataset: string, rows: number, quarantined: number): void;
  refused(code: string): void;
  closed(dataset: string, closedBy: string, counts: RowCounts): void;
}

/** Immutable files by reference; an object store. */
export interface FileStore {
  put(
    bucket: string,
    content: Uint8Array | Readable,
    options: { mediaType: string; rows?: number; name?: string },
  ): Promise<FileReference>;
  get(reference: FileReference): Promise<Uint8Array>;
}

export interface BatchKey {
  dataset: string;
  day: string;
  batch: number;
}

/** Judges a slice; see siftSlice. */
export interface SliceSifter {
  sift(slice: PartitionSlice, watermarks: ReadonlyMap<string, number>): Promise<SiftedSlice>;
}

export type StoredChunk = Pick<RowChunk, 'ids' | 'data'>;

export interface RowStore {
  append(key: BatchKey, stream: string, chunks: readonly RowChunk[], transaction: Transaction): Promise<void>;
  /** In order of arrival: stream, offset. The schema is for what an earlier version stored. */
  read(key: BatchKey, schema: RowSchema): AsyncIterable<StoredChunk>;
  /** The record ids alone, in the same order. */
  readIds(key: BatchKey, schema: RowSchema): AsyncIterable<Uint8Array>;
  /** Of a batch whose file is stored. */
  remove(key: BatchKey, transaction: Transaction): Promise<void>;
}

/** A chunk and which of its rows are kept, by their places; null: all. */
export interface KeptChunk {
  chunk: StoredChunk;
  kept: Uint32Array | null;
}

/** Makes a day's file: the same bytes for the same rows, however they were cut into chunks. */
export interface DayEncoding {
  /** rows: how many there are in all. A stream fails where the chunks cannot be read. */
  encode(schema: RowSchema, chunks: AsyncIterable<KeptChunk>, rows: number): Promise<Uint8Array | Readable>;
}

export interface QuarantineEntry {
  id: string;
  batch: number;
  problems: RecordProblem[];
  record: unknown;
  quarantinedAt: Date;
}

export interface QuarantineStore {
  append(
    key: BatchKey,
    stream: string,
    records: readonly QuarantinedRecord[],
    now: Date,
    transaction: Transaction,
  ): Promise<void>;
  identities(key: BatchKey): AsyncIterable<string>;
  /** Ordered by id; `after` is the last id of the page before. */
  page(dataset: string, day: string, after: string | null, limit: number): Promise<QuarantineEntry[]>;
}

export type StoredOutcome = { counts: RowCounts; complete: boolean; closedAt: Date; raw: FileReference | null };

/** One task after another. Within a process this spares the transactions on one day their write conflicts. */
export interface TaskQueue {
  run<T>(task: () => Promise<T>): Promise<T>;
}
