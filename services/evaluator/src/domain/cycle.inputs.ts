import type { DataOf, Metrics, runCompletedV1, runFailedV1 } from '@perennial/contracts';
import type { BatchFacts } from './batch.window';
import type { CycleTerms } from './cycle.state';

export type JudgedRole = 'incumbent' | 'candidate';

/** One judgement of a cycle: attempt 0 is the incumbent's. */
export interface JudgementKey {
  role: JudgedRole;
  attempt: number;
}

/** What a cycle may be told. Anything that does not fit its state changes nothing. */
export type CycleInput =
  | { type: 'arrive'; pipeline: string; day: string; batch: BatchFacts }
  | { type: 'start'; terms: CycleTerms }
  | ({ type: 'judged'; holdoutRows: number; metrics: Metrics } & JudgementKey)
  | ({ type: 'judgement-failed'; holdoutRows: number; reason: string } & JudgementKey)
  | { type: 'run-completed'; run: DataOf<typeof runCompletedV1> }
  | { type: 'run-failed'; run: DataOf<typeof runFailedV1> }
  /** It is `now`: an attempt whose deadline has passed counts as failed. */
  | { type: 'time-passed' };
