import type { Readable } from 'node:stream';
import type { BatchPrepared, ClosedBatch } from '../domain/batch';
import type { CurrentFit, PastBatch } from '../domain/preparation';
import type { FittedPreprocessing } from '@perennial/preprocessing-steps';
import type { Transaction } from '@perennial/messaging';
import type { FileReference } from '@perennial/contracts';
import type { Pipeline } from '@perennial/pipeline';
import type { EncodedBatch, EncodeTask } from './batch.work';

/** Immutable files by reference; an object store. */
export interface FileStore {
  put(
    bucket: string,
    content: Uint8Array | Readable,
    options: { mediaType: string; rows?: number; name?: string },
  ): Promise<FileReference>;
  get(reference: FileReference): Promise<Uint8Array>;
}

/** The work on a batch's rows. */
export interface BatchCompute {
  /** Throws PreprocessingError. */
  fit(raw: FileReference, pipeline: Pipeline): Promise<FittedPreprocessing>;
  /** The prepared file is there until what `store` returns has settled. */
  encode<T>(
    raw: FileReference,
    task: EncodeTask,
    store: (content: Uint8Array | Readable, encoded: EncodedBatch) => Promise<T>,
  ): Promise<T>;
}

/** Immutable once stored. */
export interface Metadata {
  id: string;
  dataset: string;
  version: number;
  digest: string;
  referenceDay: string;
  batchId: string;
  fittedAt: Date;
  fitted: FittedPreprocessing;
}

/** Which fit a dataset's batches are prepared with; saved with the revision it was loaded with. */
export interface Head {
  current: CurrentFit | null;
  /** 0: not stored yet. */
  revision: number;
}

export interface MetadataStore {
  head(dataset: string, transaction: Transaction): Promise<Head>;
  /**
   * Also saved unchanged by a batch that waits, so that it and a fit that does not see it cannot both commit.
   * Throws CONFLICT.
   */
  saveHead(dataset: string, head: Head, transaction: Transaction): Promise<void>;
  add(metadata: Metadata, transaction: Transaction): Promise<void>;
  get(id: string, transaction?: Transaction): Promise<Metadata | null>;
}

/** waiting: for the fit. unusable: a reference day that nothing can be fitted on. */
export type BatchRecord =
  | { state: 'waiting'; batch: ClosedBatch; correlationId: string }
  | { state: 'unusable'; batch: ClosedBatch; reason: string }
  | { state: 'prepared'; batch: ClosedBatch; prepared: BatchPrepared; preparedAt: Date };

export interface BatchStore {
  get(batchId: string, transaction?: Transaction): Promise<BatchRecord | null>;
  put(record: BatchRecord, transaction: Transaction): Promise<void>;
  /** Oldest day first, corrections after their day. */
  waiting(dataset: string, transaction: Transaction): Promise<Extract<BatchRecord, { state: 'waiting' }>[]>;
  /** Prepared batches of whole days before `day`, whatever their verdict, newest first. */
  preparedBefore(dataset: string, day: string, limit: number, transaction: Transaction): Promise<PastBatch[]>;
}
