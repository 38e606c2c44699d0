import type { GroupProgress } from '@perennial/messaging';

/** Both must be exceeded for pushes to be refused: many small messages may be worked off in no time. */
export interface BacklogBounds {
  messages: number;
  seconds: number;
}

/** What is known of the messages that wait to be stored. */
export interface Backlog {
  lag: number;
  handled: number;
  /** Milliseconds since 1970. */
  at: number;
  /** Messages stored per second, smoothed; null until it was seen at work. */
  rate: number | null;
  /** Pushes are refused until the backlog has shrunk to half the bounds, so that it does not flap. */
  full: boolean;
}

/** Weight of the newest reading. */
const SMOOTHING = 0.3;
const LONGEST_RETRY_SECONDS = 300;
/** Where nothing tells how fast the backlog shrinks. */
const UNKNOWN_RETRY_SECONDS = 30;

/** Seconds until the backlog is worked off at its present pace. */
export function secondsToDrain({ lag, rate }: Pick<Backlog, 'lag' | 'rate'>): number {
  if (lag === 0) return 0;
  return rate === null || rate === 0 ? Infinity : lag / rate;
}

function exceeds(backlog: Pick<Backlog, 'lag' | 'rate'>, bounds: BacklogBounds): boolean {
  return backlog.lag > bounds.messages && secondsToDrain(backlog) > bounds.seconds;
}

function rateAfter(before: Backlog, progress: GroupProgress, now: number): number | null {
  const seconds = (now - before.at) / 1000;
  if (seconds <= 0) return before.rate;
  const handled = Math.max(0, progress.handled - before.handled);
  // An idle consumer tells nothing of its pace; one that has work and does none stands still.
  if (handled === 0 && before.lag === 0) return before.rate;
  const rate = handled / seconds;
  return before.rate === null ? rate : before.rate + SMOOTHING * (rate - before.rate);
}

export function observe(before: Backlog | null, progress: GroupProgress, now: number, bounds: BacklogBounds): Backlog {
  const { lag, handled } = progress;
  const rate = before ? rateAfter(before, progress, now) : null;
  const half = { messages: bounds.messages / 2, seconds: bounds.seconds / 2 };
  const full = exceeds({ lag, rate }, before?.full ? half : bounds);
  return { lag, handled, at: now, rate, full };
}

/** Whole seconds after which the backlog should have shrunk to half the bound. */
export function retryAfterSeconds({ lag, rate }: Backlog, bounds: BacklogBounds): number {
  if (rate === null || rate === 0) return UNKNOWN_RETRY_SECONDS;
  const surplus = Math.min(lag - bounds.messages / 2, lag - (bounds.seconds / 2) * rate);
  return Math.min(LONGEST_RETRY_SECONDS, Math.max(1, Math.ceil(surplus / rate)));
}
