import type { batchPreparedV1, DataOf, FileReference } from '@perennial/contracts';
import type { Transaction } from '@perennial/messaging';
import type { FeatureColumn, FeatureView } from '../domain/feature.view';

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

export interface ViewStore {
  load(name: string, transaction?: Transaction): Promise<StoredView | null>;
  /** revision null: the view is new. Throws CONFLICT. */
  save(view: FeatureView, revision: number | null, transaction: Transaction): Promise<void>;
  list(): Promise<FeatureView[]>;
  putBatch(batch: ViewBatch, transaction: Transaction): Promise<void>;
  /** By day, corrections after their day. */
  batches(view: string, version: number): Promise<ViewBatch[]>;
  find(view: string, version: number, batchIds: readonly string[]): Promise<ViewBatch[]>;
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
}
