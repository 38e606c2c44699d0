import type { Metrics, ModelReference, Strategy, Verdict } from '@perennial/contracts';
import type { BatchFacts } from './batch.window';
import type { CyclePolicy } from './cycle.policy';

export type CycleStatus =
  'queued' | 'judging' | 'improving' | 'judging-candidate' | 'kept' | 'skipped' | 'promoted' | 'exhausted';

export type TerminalStatus = 'kept' | 'skipped' | 'promoted' | 'exhausted';

/** The registered model that served when the cycle started. */
export interface Incumbent {
  version: string;
  model: ModelReference;
}

export interface Judgement {
  model: ModelReference;
  holdoutRows: number;
  metrics: Metrics;
  verdict: Verdict;
}

export interface AttemptState {
  attempt: number;
  strategy: Strategy;
  runId: string;
  batches: string[];
  base: ModelReference | null;
  candidate: ModelReference | null;
  hyperparameters: Record<string, unknown>;
  judgement: Judgement | null;
  failure: string | null;
  /** Epoch milliseconds by which the run's result is due. */
  deadline: number;
  /** Failed because the deadline passed. */
  expired: boolean;
  /** What the run said after that; it changes nothing. */
  lateResult: LateResult | null;
}

export type LateResult = 'completed' | 'failed';

/** What a running cycle decides by; fixed when it starts. */
export interface CycleTerms {
  policy: CyclePolicy;
  incumbent: Incumbent | null;
  usable: BatchFacts[];
}

export interface Cycle {
  cycleId: string;
  pipeline: string;
  day: string;
  status: CycleStatus;
  batch: BatchFacts;
  /** Null while queued. */
  terms: CycleTerms | null;
  incumbentJudgement: Judgement | null;
  attempts: AttemptState[];
  /** Events so far. */
  sequence: number;
}

const TERMINAL: readonly CycleStatus[] = ['kept', 'skipped', 'promoted', 'exhausted'];

export const isTerminal = (status: CycleStatus): status is TerminalStatus => TERMINAL.includes(status);

export const cycleIdOf = (pipeline: string, day: string): string => `${pipeline}/${day}`;

/** Safe in URLs, file names and Kafka keys. */
export const runIdOf = (pipeline: string, day: string, attempt: number): string => `${pipeline}.${day}.${attempt}`;

export function termsOf(cycle: Cycle): CycleTerms {
  if (!cycle.terms) throw new Error(`cycle ${cycle.cycleId} has not started`);
  return cycle.terms;
}

export const awaitsJudgement = ({ status }: Cycle): boolean => status === 'judging' || status === 'judging-candidate';

/** Epoch milliseconds by which the running attempt is due; null when none runs. */
export const runningDeadline = ({ status, attempts }: Cycle): number | null =>
  status === 'improving' ? (attempts.at(-1)?.deadline ?? null) : null;

export function lastAttempt(cycle: Cycle): AttemptState {
  const attempt = cycle.attempts.at(-1);
  if (!attempt) throw new Error(`cycle ${cycle.cycleId} has made no attempt`);
  return attempt;
}
