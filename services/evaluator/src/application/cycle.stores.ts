import type { Metrics, Verdict } from '@perennial/contracts';
import type { TraceContext, Transaction } from '@perennial/messaging';
import type { BatchFacts } from '../domain/batch.window';
import type { CycleEvent } from '../domain/cycle.events';
import type { JudgedRole } from '../domain/cycle.inputs';
import type { Cycle, CycleStatus } from '../domain/cycle.state';
import type { Lane } from '../domain/pipeline.lane';
import type { ServingModel } from '../domain/serving.model';
import type { Submission } from '../domain/submission.state';

/** Revisions are 0 before the first save; saves throw ConflictError when someone else saved first. */
export interface StoredCycle {
  cycle: Cycle;
  correlationId: string;
  /** The event that moved it last. */
  causationId: string | null;
  /** Of that event: what is done because of it belongs to its trace. */
  trace?: TraceContext;
  /** Epoch milliseconds. */
  queuedAt: number;
  updatedAt: number;
  revision: number;
}

/** One event of one cycle as it is kept; `sequence` from 1. */
export interface RecordedEvent {
  cycleId: string;
  sequence: number;
  type: CycleEvent['type'];
  data: CycleEvent['data'];
  at: string;
  causationId: string | null;
}

export interface CycleFilter {
  pipeline?: string;
  limit: number;
}

export interface CycleStore {
  load(cycleId: string, transaction: Transaction): Promise<StoredCycle | null>;
  /** The cycle and what happened since it was loaded. */
  save(stored: StoredCycle, events: readonly RecordedEvent[], transaction: Transaction): Promise<void>;
  find(cycleId: string): Promise<StoredCycle | null>;
  /** Newest day first. */
  list(filter: CycleFilter): Promise<StoredCycle[]>;
  /** The longest waiting first; without those named in `except`. */
  inStatus(statuses: readonly CycleStatus[], limit: number, except?: readonly string[]): Promise<StoredCycle[]>;
  /** Cycles whose running attempt was due by `now` (epoch ms), the longest overdue first. */
  overdue(now: number, limit: number): Promise<string[]>;
  events(cycleId: string): Promise<RecordedEvent[]>;
}

export interface StoredLane {
  lane: Lane;
  revision: number;
}

export interface LaneStore {
  load(pipeline: string, transaction: Transaction): Promise<StoredLane>;
  save(stored: StoredLane, transaction: Transaction): Promise<void>;
  /** Pipelines whose wait for a rollout has ended at `now` (epoch ms), or which have a day that may start. */
  startable(now: number): Promise<string[]>;
}

export interface BatchStore {
  record(batch: BatchFacts, transaction: Transaction): Promise<void>;
  ofView(view: string, transaction: Transaction): Promise<BatchFacts[]>;
}

export interface StoredServingModel {
  serving: ServingModel | null;
  revision: number;
}

export interface ServingModelStore {
  load(pipeline: string, transaction?: Transaction): Promise<StoredServingModel>;
  save(serving: ServingModel, revision: number, transaction: Transaction): Promise<void>;
}

/** One judgement, as performance over time is read. */
export interface Performance {
  cycleId: string;
  pipeline: string;
  day: string;
  role: JudgedRole;
  attempt: number;
  /** Null for a candidate that has no version yet. */
  version: string | null;
  runId: string | null;
  decisionThreshold: number;
  view: string;
  viewVersion: number;
  batchId: string;
  holdoutRows: number;
  metrics: Metrics;
  verdict: Verdict;
  judgedAt: string;
}

export interface PerformanceStore {
  add(performance: Performance, transaction: Transaction): Promise<void>;
  /** Newest day first. */
  ofPipeline(pipeline: string, limit: number): Promise<Performance[]>;
}

export interface StoredSubmission {
  submission: Submission;
  correlationId: string;
  /** The event that moved it last. */
  causationId: string | null;
  trace?: TraceContext;
  /** Epoch milliseconds. */
  updatedAt: number;
  revision: number;
}

export interface SubmissionStore {
  load(submissionId: string, transaction: Transaction): Promise<StoredSubmission | null>;
  find(submissionId: string): Promise<StoredSubmission | null>;
  save(stored: StoredSubmission, transaction: Transaction): Promise<void>;
  /** Those that wait to be judged, the longest waiting first; without those named in `except`. */
  judging(limit: number, except: readonly string[]): Promise<StoredSubmission[]>;
}

export interface EvaluatorStores {
  cycles: CycleStore;
  lanes: LaneStore;
  batches: BatchStore;
  serving: ServingModelStore;
  performance: PerformanceStore;
  submissions: SubmissionStore;
}

/** Told of every event of every cycle, before the commit and perhaps more than once. */
export interface CycleObserver {
  observe(event: CycleEvent, sequence: number): void;
}
