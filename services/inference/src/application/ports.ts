import type { FileReference } from '@perennial/contracts';
import type { TraceContext } from '@perennial/messaging';
import type { PredictionBatch, PredictionMade } from '@perennial/contracts';
import type { InputColumn, Row } from '../domain/prediction.request';
import type { TrafficTarget } from '../domain/rollout.target';

export interface ModelCall {
  deadline?: number;
  onCached?: (places: readonly number[]) => void;
}

/** What one version has answered, by the digest of the row. */
export interface ResponseCache {
  get(digest: string): number | undefined;
  set(digest: string, probability: number): void;
}

/**
 * A loaded model artifact. Errors carry a code: INVALID_INPUT, OVERLOADED, DEADLINE_EXCEEDED, WORKER_CRASHED,
 * INFERENCE_FAILED.
 */
export interface ServableModel {
  readonly signature: { readonly inputs: readonly InputColumn[] };
  /** A probability at or above it means the positive class. */
  readonly decisionThreshold: number;
  /**
   * P(positive) of each row, in order. `deadline`, on the clock of performance.now(): the latest begin of the run.
   * `onCached`: rows may be answered from the cache, and these were.
   */
  predict(rows: readonly Row[], options?: ModelCall): Promise<Float64Array>;
  /** Whether a row would be refused as OVERLOADED now. */
  isFull?(): boolean;
  /** Whether it must stay in memory, whatever else needs it. Where models are kept within a budget, it does until told. */
  hold?(pinned: boolean): void;
  /** Ends when the calls made so far have settled. */
  close(): Promise<void>;
}

/** Asked for before memory is taken; throws where there is none. */
export type ReserveMemory = (bytes: number) => Promise<void>;

/** A model that may leave memory and come back: see ModelWrapper of the model runtime. */
export interface EvictableModel extends Pick<ServableModel, 'signature' | 'decisionThreshold' | 'predict' | 'isFull'> {
  load(reserve: ReserveMemory): Promise<void>;
  unload(): Promise<void>;
}

/** `again` reads the same bytes once more. */
export type OpenModel = (
  bytes: Uint8Array,
  identity: { name: string; version: string },
  again: () => Promise<Uint8Array>,
) => Promise<ServableModel>;

/** What to route, with the way to the bytes. */
export interface Deployable {
  target: TrafficTarget;
  /** Bytes that match the version's digest. */
  artifact(version: string): Promise<Uint8Array>;
  /** Of the event that told of it. */
  trace?: TraceContext;
  cycleId?: string | null;
}

export interface Artifacts {
  get(reference: FileReference): Promise<Uint8Array>;
}

/** What the deployer wants each replica to route. Throws when it cannot be reached. */
export interface DesiredStates {
  /** By pipeline; none where nothing was rolled out. */
  all(): Promise<ReadonlyMap<string, Deployable>>;
}

/** The deployed folder: what served last, for a start while the deployer is away. */
export interface DeployedFolder {
  read(pipeline: string): Promise<Deployable | null>;
}

/** A version of a registered model. */
export interface RegisteredModel {
  version: string;
  /** Of the bytes that `artifact` gives. */
  digest: string;
  artifact(): Promise<Uint8Array>;
}

/** The registry's model that this process serves. Throws where it cannot be looked up, or does not fit. */
export interface RegisteredModels {
  find(): Promise<RegisteredModel>;
}

/** One of a batch, with what the batch says of all. */
export type PredictionRecord = PredictionMade & Pick<PredictionBatch, 'pipeline' | 'replicaId'>;

export interface Label {
  predictionId: string;
  label: 0 | 1;
  /** When it was known. */
  at: string;
}

export interface ArmLabels {
  arm: string;
  truePositives: number;
  falsePositives: number;
  trueNegatives: number;
  falseNegatives: number;
}

export interface LabelStore {
  /** The label that was known last counts. One that comes before its prediction waits for it. */
  tell(labels: readonly Label[]): Promise<void>;
  /** Gives labels that were waiting the predictions of these batches, which are stored now. */
  join(batchIds: readonly string[]): Promise<void>;
  /** By prediction id, where one is known. */
  of(predictionIds: readonly string[]): Promise<ReadonlyMap<string, 0 | 1>>;
  /** Of each arm of the experiment, over all replicas. */
  counted(pipeline: string, experimentId: string, arms: readonly string[]): Promise<ArmLabels[]>;
}

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

/** Of one request that the cache was asked for. */
export interface CacheUse {
  /** Whether the model had nothing to compute for it. */
  hit: boolean;
  milliseconds: number;
}

export interface ServingMetrics {
  /** `rows`: those that the model computed. */
  succeeded(model: string, version: string, arm: string, rows: number, seconds: number): void;
  failed(model: string, version: string, arm: string, code: string): void;
  /** One run of the model, for the requests that waited together. */
  ran(model: string, version: string, run: ModelRun): void;
  cacheUsed(model: string, version: string, use: CacheUse): void;
  /** `previous` is no longer served, and where `version` is null no version is. */
  serving(model: string, version: string | null, previous: string | null): void;
  logDropped(predictions: number): void;
}

/** What one version has answered since this process began. */
export interface ServedRequests {
  requests: number;
  failures: number;
  /** Computed by the model. */
  rows: number;
  /** Of the answered requests together, waiting included. */
  seconds: number;
  /** Runs of the model, each for the requests that waited together. */
  runs: number;
  /** Of all requests together, until their run began. */
  queuedSeconds: number;
  /** Of all runs together. */
  computeSeconds: number;
  /** Requests that the cache answered whole, and those that it did not; none where there is no cache. */
  cacheHits: Timed;
  cacheMisses: Timed;
  /** Milliseconds since 1970; 0 where none was answered. */
  lastAt: number;
}

export interface Timed {
  count: number;
  /** Of all together. */
  seconds: number;
}

export interface ServedCounts {
  of(model: string, version: string): ServedRequests;
}

export interface MemoryMetrics {
  /** How many models are in memory, and what they take. */
  inMemory(models: number, bytes: number): void;
  loaded(model: string, seconds: number): void;
  evicted(model: string): void;
}

export interface LookupMetrics {
  /** The source answered for so many entities. */
  asked(model: string, entities: number, seconds: number): void;
  /** How one entity was found: in the cache, by asking, in the cache for too long while the source was away, or not. */
  lookedUp(model: string, how: 'cached' | 'read' | 'kept' | 'failed'): void;
  /** A row was filled; `oldest`: age in seconds of its oldest value, below 0 where there is none. */
  filled(model: string, row: { missing: number; stale: number; oldest: number }): void;
}
