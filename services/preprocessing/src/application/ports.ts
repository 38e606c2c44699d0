import type { Readable } from 'node:stream';
import type { BatchPrepared, ClosedBatch } from '../domain/batch';
import type { CurrentFit, PastBatch } from '../domain/preparation';
import type { FittedPreprocessing } from '@perennial/preprocessing-steps';
import type { TraceContext, Transaction } from '@perennial/messaging';
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
  /** Throws PreprocessingError, and the signal's reason once that is aborted. */
  fit(raw: FileReference, pipeline: Pipeline, signal?: AbortSignal): Promise<FittedPreprocessing>;
  /** The prepared file is there until what `store` returns has settled. Throws the reason of an aborted signal. */
  encode<T>(
    raw: FileReference,
    task: EncodeTask,
    store: (content: Uint8Array | Readable, encoded: EncodedBatch) => Promise<T>,
    signal?: AbortSignal,
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
  head(dataset: string, transaction?: Transaction): Promise<Head>;
  /**
   * Also saved unchanged by a batch that waits, so that it and a fit that does not see it cannot both commit.
   * Throws CONFLICT.
   */
  saveHead(dataset: string, head: Head, transaction: Transaction): Promise<void>;
  add(metadata: Metadata, transaction: Transaction): Promise<void>;
  get(id: string, transaction?: Transaction): Promise<Metadata | null>;
}

/** A closed batch, and the event that told of it. */
export interface AskedBatch {
  batch: ClosedBatch;
  correlationId: string;
  causationId: string;
  /** Its turn within the dataset: batches of one position by their days. */
  position: number;
  /** None where the event had none. */
  trace?: TraceContext;
}

/**
 * queued: for its turn. waiting: for the fit. unusable: a reference day that nothing can be fitted on. failed: for
 * another reason, and tried again when a person says so.
 */
export type BatchRecord =
  | ({ state: 'queued' | 'waiting' } & AskedBatch)
  | ({ state: 'failed'; code: string; reason: string; failedAt: Date } & AskedBatch)
  | { state: 'unusable'; batch: ClosedBatch; reason: string }
  | { state: 'prepared'; batch: ClosedBatch; prepared: BatchPrepared; preparedAt: Date };

export interface BatchStore {
  get(batchId: string, transaction?: Transaction): Promise<BatchRecord | null>;
  put(record: BatchRecord, transaction: Transaction): Promise<void>;
  /** Of each dataset the queued batch whose turn it is. */
  nextOfEach(): Promise<{ dataset: string; batchId: string }[]>;
  /** Behind all that are queued, waiting or failed. */
  lastPosition(dataset: string, transaction: Transaction): Promise<number>;
  /** All that wait for the fit are queued, next to the batch that was fitted on and as its effects. */
  release(fitted: AskedBatch, transaction: Transaction): Promise<void>;
  /** Prepared batches of whole days before `day`, whatever their verdict, newest first. */
  preparedBefore(dataset: string, day: string, limit: number): Promise<PastBatch[]>;
}
