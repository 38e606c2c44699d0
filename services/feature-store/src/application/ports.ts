import type { batchPreparedV1, DataOf, FileReference } from '@perennial/contracts';
import type { Transaction } from '@perennial/messaging';
import type { FeatureColumn, FeatureView } from '../domain/feature.view';
import type { OnlineRow, OnlineValue } from '../domain/online.row';

export type PreparedBatch = DataOf<typeof batchPreparedV1>;

export interface StoredView {
  view: FeatureView;
  revision: number;
}

/** A batch as part of a view version, with where it came from. */
export interface ViewBatch {
  view: string;
  version: number;
  batchId: string;
  day: string;
  correctionOf: string | null;
  rows: number;
  labelledRows: number;
  quality: { verdict: 'passed' | 'failed'; findings: string[] };
  lineage: { raw: FileReference; processed: FileReference; metadataId: string };
  addedAt: Date;
}

/** What of a batch says which rows it has, and how new they are. */
export interface PassedBatch extends Pick<ViewBatch, 'batchId' | 'version' | 'day' | 'addedAt'> {
  processed: FileReference;
}

export interface ViewStore {
  load(name: string, transaction?: Transaction): Promise<StoredView | null>;
  /** revision null: the view is new. Throws CONFLICT. */
  save(view: FeatureView, revision: number | null, transaction: Transaction): Promise<void>;
  list(): Promise<FeatureView[]>;
  putBatch(batch: ViewBatch, transaction: Transaction): Promise<void>;
  /** By day, corrections after their day. */
  batches(view: string, version: number): Promise<ViewBatch[]>;
  find(view: string, version: number, batchIds: readonly string[]): Promise<ViewBatch[]>;
  /** Of all versions; those that passed their quality checks. */
  passed(view: string): Promise<PassedBatch[]>;
}

/** The local copies of prepared files. */
export interface BatchFiles {
  /** Path of the file; fetched from its store where it is missing or cut short. */
  ensure(reference: FileReference): Promise<string>;
  /** Path for a result; whoever asks for it removes it. */
  scratch(): Promise<string>;
}

export interface ParquetEngine {
  columnsOf(file: string): Promise<FeatureColumn[]>;
  /** Writes the result of a SELECT as Parquet. */
  copy(select: string, target: string): Promise<void>;
  /** The rows of a SELECT, some thousand at a time. */
  rows(select: string): AsyncIterable<readonly OnlineValue[][]>;
}

export interface OnlineEntry {
  digest: Buffer;
  row: OnlineRow;
}

/** The newest row of each entity. */
export interface OnlineStore {
  get(digest: Buffer): OnlineRow | undefined;
  /** Rows that are older than what is there change nothing. */
  put(entries: readonly OnlineEntry[]): Promise<void>;
  isTaken(batch: string, mark: string): boolean;
  setTaken(batch: string, mark: string): Promise<void>;
  /** Version of the view → names of the values of its rows. */
  schemasOf(view: string): ReadonlyMap<number, readonly string[]>;
  setSchema(view: string, version: number, names: readonly string[]): Promise<void>;
  close(): Promise<void>;
}
