import type {
  DataOf,
  ModelReference,
  attemptsExhaustedV1,
  cycleSkippedV1,
  cycleStartedV1,
  modelJudgedV1,
  modelKeptV1,
  modelPromotedV1,
  retrainingRequestedV1,
} from '@perennial/contracts';
import type { BatchFacts } from './batch.window';
import type { CycleTerms, LateResult } from './cycle.state';

export interface CycleIdentity {
  cycleId: string;
  pipeline: string;
  day: string;
}

/** Kept in evaluation_events, not published: the trainer and the feature store have said the same. */
export type InternalCycleEvent =
  | { type: 'cycle-queued'; data: CycleIdentity & { batch: BatchFacts } }
  | {
      type: 'candidate-received';
      data: CycleIdentity & {
        attempt: number;
        candidate: ModelReference;
        hyperparameters: Record<string, unknown>;
      };
    }
  | {
      type: 'attempt-failed';
      data: CycleIdentity & { attempt: number; runId: string; reason: string; cause: AttemptFailureCause };
    }
  /** The run of an expired attempt answered after all. */
  | { type: 'late-result-ignored'; data: CycleIdentity & { attempt: number; runId: string; result: LateResult } };

export type AttemptFailureCause = 'run' | 'judgement' | 'deadline';

export type PublishedCycleEvent =
  | { type: 'cycle-started'; data: DataOf<typeof cycleStartedV1>; terms: CycleTerms }
  | { type: 'model-judged'; data: DataOf<typeof modelJudgedV1> }
  | { type: 'retraining-requested'; data: DataOf<typeof retrainingRequestedV1>; deadline: number }
  | { type: 'model-kept'; data: DataOf<typeof modelKeptV1> }
  | { type: 'model-promoted'; data: DataOf<typeof modelPromotedV1> }
  | { type: 'attempts-exhausted'; data: DataOf<typeof attemptsExhaustedV1> }
  | { type: 'cycle-skipped'; data: DataOf<typeof cycleSkippedV1> };

export type CycleEvent = InternalCycleEvent | PublishedCycleEvent;
