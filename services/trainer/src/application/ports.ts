import type { FileReference } from '@perennial/contracts';
import type { TraceContext, Transaction } from '@perennial/messaging';
import type { FittedPreprocessing } from '@perennial/preprocessing-steps';
import type { Pipeline } from '@perennial/pipeline';
import type { SearchMetric } from '@perennial/search';
import type { ArtifactFrame, ModelFeatures } from '@perennial/tabular-models';
import type { EncodedRows, FeatureRows, RowParts } from '../domain/improvement.rows';
import type { PastClaim, WaitingRun } from '../domain/claim.order';
import type { RunEvent } from '../domain/run.events';
import type { TrainingRun } from '../domain/training.run';
import type { TrialTask } from '../domain/trial.task';
import type { TrainingPlan } from '../domain/training.plan';
import type { EpochScores } from '../domain/trial.selection';

/** Correlation, cause and trace that every event of a run inherits from its request. */
export interface RunOrigin extends TraceContext {
  correlationId: string;
  causationId: string;
}

export interface StoredRun {
  run: TrainingRun;
  origin: RunOrigin;
  /** Grows by one with every save. */
  revision: number;
}

export interface RunFilter {
  pipeline?: string;
  state?: TrainingRun['state'];
  limit: number;
}

/** A run that waits, or a trial of its search where that is named. */
export interface QueuedRun extends WaitingRun {
  state: 'queued' | 'running' | 'searching';
  taskId?: string;
}

export interface WorkQueue {
  /** What waits, or may have lost its trainer. */
  queue(now: Date): Promise<QueuedRun[]>;
  /** What was taken up since. */
  claims(since: string): Promise<PastClaim[]>;
}

export interface RunStore extends WorkQueue {
  load(runId: string, transaction?: Transaction): Promise<StoredRun | null>;
  /**
   * The run and what happened to it; once it is over its trials are discarded. revision 0: it is new. Throws
   * ConflictError when someone else saved first.
   */
  save(stored: StoredRun, events: readonly RunEvent[], transaction: Transaction): Promise<void>;
  /** Runs of a cycle that are not over. */
  open(cycleId: string, transaction: Transaction): Promise<StoredRun[]>;
  /** Newest first. */
  list(filter: RunFilter): Promise<TrainingRun[]>;
  /** Runs that are over and of which files are still kept. */
  leftovers(limit: number): Promise<StoredRun[]>;
  events(runId: string): Promise<RunEvent[]>;
}

export interface StoredTask {
  task: TrialTask;
  origin: RunOrigin;
  /** Grows by one with every save. */
  revision: number;
}

/** Trials that were asked for, until their run is over. */
export interface TaskStore extends WorkQueue {
  load(taskId: string, transaction?: Transaction): Promise<StoredTask | null>;
  /** revision 0: it is new. Throws ConflictError when someone else saved first. */
  save(stored: StoredTask, transaction: Transaction): Promise<void>;
  ofRun(runId: string): Promise<TrialTask[]>;
  discarded(limit: number): Promise<TrialTask[]>;
  remove(taskId: string): Promise<void>;
}

/** Held until released or lost; renewed in the background. */
export interface RunLease {
  owner: string;
  token: number;
  /** Aborted when the lease is lost. */
  lost: AbortSignal;
  release(): Promise<void>;
}

export interface RunLeases {
  /** Of these names, those that somebody holds. */
  held(names: readonly string[]): Promise<ReadonlySet<string>>;
  /** Null while another trainer holds it. */
  acquire(name: string): Promise<RunLease | null>;
}

export interface FeatureQuery {
  view: string;
  version: number;
  batches: readonly string[];
  columns: readonly string[];
  split: { from: number; to: number };
  labelledOnly: boolean;
  metadataId: string;
}

export interface FeatureViews {
  open(query: FeatureQuery, options: { signal: AbortSignal }): Promise<FeatureRows>;
}

export interface PreprocessingMetadata {
  fitted(metadataId: string, signal: AbortSignal): Promise<FittedPreprocessing>;
}

export interface FileStore {
  put(bucket: string, content: Uint8Array, options: { mediaType: string; name?: string }): Promise<FileReference>;
  get(reference: FileReference): Promise<Uint8Array>;
  /** For every holder of these bytes. */
  delete(reference: FileReference): Promise<void>;
}

/** A model of any kind, for certain features; what else it says is for those who train it. */
export interface EstimatorModel extends ModelFeatures {
  readonly kind: string;
}

export interface TrialRequest {
  model: EstimatorModel;
  training: TrainingPlan['training'] & { epochs: number; learningRate: number };
  pretraining: TrainingPlan['pretraining'];
  train: EncodedRows;
  validation: EncodedRows;
  initialCheckpoint?: Uint8Array;
  /** Pretrained on instead of the others. */
  pretrainingRows?: RowParts;
  /** The pretrained encoder of an interrupted training of this request. */
  encoder?: Uint8Array;
  /** Where an interrupted training of this request stood. */
  resumeFrom?: Uint8Array;
  checkpointSeconds?: number;
}

export interface TrialProgress {
  epoch: number;
  epochs: number;
  step: number;
  steps: number;
  loss: number;
  rowsPerSecond: number;
  secondsLeft: number;
}

export interface TrialResult {
  /** All that the trained model is. */
  checkpoint: Uint8Array;
  history: readonly EpochScores[];
  /** The epoch that was kept. */
  round: number;
  /** Of what was kept. */
  validation: { f1: number | null; rocAuc: number | null; logLoss: number | null };
  /** P(positive) of each validation row. */
  validationProbabilities: Float32Array;
  decisionThreshold: number;
  seconds: number;
  rowsPerSecond: number;
}

export interface TrialOptions {
  onProgress(progress: TrialProgress): void;
  /** Every `checkpointSeconds` or so: what to resume from. */
  onCheckpoint?(checkpoint: Uint8Array): void;
  onPretrained?(encoder: Uint8Array): void;
  signal: AbortSignal;
}

/** Trained models as they would be served together. */
export interface Candidate {
  /** Weights are relative to one another. */
  members: readonly { estimator: Pick<TrialResult, 'checkpoint' | 'validationProbabilities'>; weight: number }[];
  calibration: Calibration;
  /** Of the calibrated probabilities. */
  validation: { f1: number | null; rocAuc: number | null; logLoss: number | null };
  decisionThreshold: number;
}

/** How probabilities are calibrated; the rest says by which numbers. */
export interface Calibration {
  readonly method: Pipeline['calibration']['method'];
}

/** Every kind of model that a pipeline may declare. */
export interface Estimators {
  model(fitted: FittedPreprocessing, declared: Pipeline['model']): EstimatorModel;
  /** Trains outside this thread; aborting the signal ends it at once. */
  train(request: TrialRequest, options: TrialOptions): Promise<TrialResult>;
  /** To be kept until a run is over, and read again by whoever ends it. Other bytes for every `origin`. */
  encode(result: TrialResult, origin: string): Uint8Array;
  decode(bytes: Uint8Array): TrialResult;
  /** One trained model, calibrated on the validation rows. */
  single(trained: TrialResult, labels: Int32Array, method: Calibration['method']): Candidate;
  /** The best few of several, or null where that is only one. */
  ensemble(
    trained: readonly TrialResult[],
    labels: Int32Array,
    options: { size: number; method: Calibration['method']; metric: SearchMetric },
  ): Candidate | null;
  /** The file that serves the candidate: from raw columns to probability. */
  serve(frame: ArtifactFrame, candidate: Candidate): Uint8Array;
}

export interface TrainingMetrics {
  ended(outcome: 'completed' | 'searching' | 'failed' | 'interrupted' | 'handed-back' | 'lost'): void;
  /** How many runs and trials wait, and for how long the first of them has, in seconds. */
  waiting(runs: number, longest: number): void;
  /** A run or a trial was taken up after so many seconds. */
  claimed(waited: number): void;
  trained(strategy: string, seconds: number, rowsPerSecond: number): void;
  /** refused: it could not be read or was of another training. */
  checkpoint(outcome: 'kept' | 'failed' | 'resumed' | 'refused'): void;
}
