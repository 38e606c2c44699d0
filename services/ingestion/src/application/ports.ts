import type { FileReference } from '@perennial/contracts';
import type { RecordProblem } from '@perennial/pipeline';
import type { Transaction } from '@perennial/messaging';
import type { Day, RowCounts } from '../domain/day';
import type { RowChunk } from '../domain/row.chunk';
import type { QuarantinedRecord } from '../domain/sifting';

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
    content: Uint8Array,
    options: { mediaType: string; rows?: number; name?: string },
  ): Promise<FileReference>;
  get(reference: FileReference): Promise<Uint8Array>;
}

export interface BatchKey {
  dataset: string;
  day: string;
  batch: number;
}

/** A chunk with its rows compressed. */
export type PackedChunk = Omit<RowChunk, 'ndjson'> & { data: Uint8Array };

export interface RowStore {
  /** Compression happens here, before the transaction. */
  pack(chunks: readonly RowChunk[]): Promise<PackedChunk[]>;
  append(key: BatchKey, stream: string, chunks: readonly PackedChunk[], transaction: Transaction): Promise<void>;
  /** In order of arrival: stream, offset. */
  read(key: BatchKey): AsyncIterable<Pick<RowChunk, 'columns' | 'ndjson'>>;
  /** Of a batch whose file is stored. */
  remove(key: BatchKey, transaction: Transaction): Promise<void>;
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
