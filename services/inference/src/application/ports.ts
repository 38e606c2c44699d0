import type { DataOf, FileReference, predictionMadeV1 } from '@perennial/contracts';
import type { TraceContext } from '@perennial/messaging';
import type { PredictionBatch } from '../domain/logged.prediction';
import type { InputColumn, Row } from '../domain/prediction.request';
import type { RolloutTarget } from '../domain/rollout.target';

/**
 * A loaded model artifact. Errors carry a code: INVALID_INPUT, OVERLOADED, DEADLINE_EXCEEDED, WORKER_CRASHED,
 * INFERENCE_FAILED.
 */
export interface ServableModel {
  readonly signature: { readonly inputs: readonly InputColumn[] };
  /** A probability at or above it means the positive class. */
  readonly decisionThreshold: number;
  /** P(positive) of each row, in order. `deadline`, on the clock of performance.now(): the latest begin of the run. */
  predict(rows: readonly Row[], options?: { deadline?: number }): Promise<Float64Array>;
  /** Ends when the calls made so far have settled. */
  close(): Promise<void>;
}

export type OpenModel = (bytes: Uint8Array, identity: { name: string; version: string }) => Promise<ServableModel>;

/** A target with the way to its bytes. */
export interface Deployable {
  target: RolloutTarget;
  /** Bytes that match the target's digest. */
  artifact(): Promise<Uint8Array>;
  /** Of the event that told of it. */
  trace?: TraceContext;
  cycleId?: string | null;
}

export interface Artifacts {
  get(reference: FileReference): Promise<Uint8Array>;
}

/** What the deployer wants each replica to serve. Throws when it cannot be reached. */
export interface DesiredStates {
  /** By pipeline; none where nothing was rolled out. */
  all(): Promise<ReadonlyMap<string, Deployable>>;
}

/** The deployed folder: what served last, for a start while the deployer is away. */
export interface DeployedFolder {
  read(pipeline: string): Promise<Deployable | null>;
}

export type PredictionRecord = DataOf<typeof predictionMadeV1>;

export interface PredictionStore {
  /** Those that are stored already are left as they are. */
  add(batches: readonly PredictionBatch[]): Promise<void>;
  /** Newest first. */
  newest(pipeline: string | undefined, limit: number): Promise<PredictionRecord[]>;
}

/** Milliseconds: `queuedMs` of all its requests together. */
export interface ModelRun {
  rows: number;
  queuedMs: number;
  computeMs: number;
  /** Rows that waited when it ended. */
  waitingRows: number;
}

export interface ServingMetrics {
  succeeded(model: string, version: string, rows: number, seconds: number): void;
  failed(model: string, version: string, code: string): void;
  /** One run of the model, for the requests that waited together. */
  ran(model: string, version: string, run: ModelRun): void;
  /** `previous` is no longer served. */
  serving(model: string, version: string, previous: string | null): void;
  logDropped(predictions: number): void;
}
