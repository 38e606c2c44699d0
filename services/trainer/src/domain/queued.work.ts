/** One trainer's hold on a run or a trial. A result counts only while its claim is the newest. */
export interface Claim {
  /** From 1; grows each time the work is taken up. */
  number: number;
  owner: string;
  /** Fencing token of the lease under which it was taken. */
  token: number;
}

/** What waits until a trainer takes it up: a run, or a trial of its search. Instants in ISO format, UTC. */
export interface QueuedWork {
  /** The newest one; only while the work is being done. */
  claim: Claim | null;
  /** How many times the work was taken up. */
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
}

export interface WorkLimits {
  /** Claims that may end without a word before the work is given up. */
  maxClaims: number;
  /** Tries that something outside may make fail. */
  maxRetries: number;
  /** The n-th pause is 2ⁿ⁻¹ times this, at most maxPauseMs. */
  pauseMs: number;
  maxPauseMs: number;
}

/** permanent: no retry helps. external: something outside failed. lost: the training process died. */
export type FailureCause = 'permanent' | 'external' | 'lost';

export interface ClaimAttempt {
  at: Date;
  owner: string;
  token: number;
  limits: WorkLimits;
}

/** A claim that still stands when the lease is free has lost its trainer. */
export const lossesOf = ({ losses, claim }: QueuedWork): number => losses + (claim ? 1 : 0);

/** The new claim of whoever holds the lease, or why there is none. */
export function claimOf(
  work: QueuedWork,
  { at, owner, token, limits }: ClaimAttempt,
): { claim: Claim } | { refused: 'expired' | 'paused' | 'lost' } {
  const now = at.toISOString();
  if (work.deadline && work.deadline <= now) return { refused: 'expired' };
  if (work.notBefore !== null && work.notBefore > now) return { refused: 'paused' };
  if (lossesOf(work) >= limits.maxClaims) return { refused: 'lost' };
  return { claim: { number: work.claims + 1, owner, token } };
}

/** When it is tried again; null: never. */
export function retryAfter(work: QueuedWork, at: Date, cause: FailureCause, limits: WorkLimits): string | null {
  const lost = cause === 'lost';
  const spent = lost ? work.losses + 1 >= limits.maxClaims : work.retries >= limits.maxRetries;
  if (cause === 'permanent' || spent) return null;
  const doublings = lost ? work.losses : work.retries;
  const pause = Math.min(limits.pauseMs * 2 ** doublings, limits.maxPauseMs);
  return new Date(at.getTime() + pause).toISOString();
}

/** The same claim as the newest one, under the same lease. */
export const isNewest = ({ claim }: QueuedWork, { number, token }: Claim): boolean =>
  claim?.number === number && claim.token === token;

export const newWork = (at: string, deadline: string | null): QueuedWork => ({
  ...{ claim: null, claims: 0, losses: 0, retries: 0 },
  ...{ queuedAt: at, deadline, readyAt: at, claimedAt: null, notBefore: null },
});

export const taken = (work: QueuedWork, claim: Claim, at: string) => ({
  ...{ claim, claims: claim.number, losses: lossesOf(work) },
  ...{ readyAt: at, claimedAt: at, notBefore: null },
});

/** Not taken up before `at`, where it is told. */
export const returned = (at: string, notBefore: string | null = null) => ({ claim: null, readyAt: at, notBefore });

export const postponed = (work: QueuedWork, lost: boolean, retryAt: string) => ({
  ...returned(retryAt, retryAt),
  ...(lost ? { losses: work.losses + 1 } : { retries: work.retries + 1 }),
});
