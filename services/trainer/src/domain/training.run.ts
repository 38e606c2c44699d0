import type { DataOf, retrainingRequestedV1, runCompletedV1 } from '@perennial/contracts';
import type { KeptWork } from './kept.work';
import type { RunSearch } from './run.search';

export type RunRequest = DataOf<typeof retrainingRequestedV1>;
export type RunOutcome = DataOf<typeof runCompletedV1>;

/** One trainer's hold on a run. A result counts only while its claim is the newest. */
export interface Claim {
  /** From 1; grows each time the run is taken up. */
  number: number;
  owner: string;
  /** Fencing token of the lease under which it was taken. */
  token: number;
}

export interface RunFailure {
  code: string;
  message: string;
}

export interface TrainingRun {
  runId: string;
  request: RunRequest;
  state: 'queued' | 'running' | 'completed' | 'failed';
  /** The newest one; only while the run is running. */
  claim: Claim | null;
  /** How many times the run was taken up. */
  claims: number;
  /** Claims that ended without a word: the trainer or its training process died. */
  losses: number;
  /** Tries that something outside made fail, as a feature store that did not answer. */
  retries: number;
  queuedAt: string;
  /** Until then a result counts; null: without end. */
  deadline: string | null;
  /** Since when it may be taken up: queued, paused or handed back until then, or taken up then by a trainer. */
  readyAt: string;
  /** When it was taken up last. */
  claimedAt: string | null;
  /** Not taken up before; null: at once. */
  notBefore: string | null;
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
  return run.state === 'running' && run.claim?.number === claim.number && run.claim.token === claim.token;
}
