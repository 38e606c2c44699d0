import type { DataOf, retrainingRequestedV1, runCompletedV1 } from '@perennial/contracts';
import type { KeptWork } from './kept.work';
import { type Claim, isNewest, type QueuedWork } from './queued.work';
import type { RunSearch } from './run.search';

export type { Claim } from './queued.work';

export type RunRequest = DataOf<typeof retrainingRequestedV1>;
export type RunOutcome = DataOf<typeof runCompletedV1>;

export interface RunFailure {
  code: string;
  message: string;
}

export interface TrainingRun extends QueuedWork {
  runId: string;
  request: RunRequest;
  /** searching: nobody holds it; its trials are trained by any trainer, and what comes of them is decided by any. */
  state: 'queued' | 'running' | 'searching' | 'completed' | 'failed';
  startedAt: string | null;
  finishedAt: string | null;
  failure: RunFailure | null;
  outcome: RunOutcome | null;
  /** Null where none is declared, or before it began. */
  search: RunSearch | null;
  kept: KeptWork;
  /** Number of events so far. */
  sequence: number;
}

export const isOver = ({ state }: TrainingRun): boolean => state === 'completed' || state === 'failed';

/** Whether the claim is still the one that may write. */
export function holds(run: TrainingRun, claim: Claim): boolean {
  return run.state === 'running' && isNewest(run, claim);
}
