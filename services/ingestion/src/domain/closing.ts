import { type Batch, type ClosedBy, collectingBatch, type Day, type Outcome, received, replaceBatch } from './day';
import type { RowCounts } from './day';
import { nextScheduledClosing } from './schedule';

/** `closing` of the pipeline: when a day is over. */
export interface ClosingPolicy {
  manifest: boolean;
  graceSeconds: number;
  rowCount: number | null;
  /** Cron expression of five fields. */
  schedule: string | null;
  timezone: string;
}

/** count: the distinct records must be counted to know. until null: nothing but new input can close the batch. */
export type Review = { action: 'cut'; by: ClosedBy } | { action: 'count' } | { action: 'wait'; until: Date | null };

interface Goal {
  by: ClosedBy;
  rows: number;
}

const after = (instant: Date, seconds: number): Date => new Date(instant.getTime() + seconds * 1000);

const later = (a: Date, b: Date): Date => (a > b ? a : b);

function goalsOf(batch: Batch, policy: ClosingPolicy): Goal[] {
  const goals: Goal[] = [];
  if (policy.manifest && batch.manifest) goals.push({ by: 'manifest', rows: batch.manifest.rows });
  if (policy.rowCount !== null) goals.push({ by: 'row-count', rows: policy.rowCount });
  return goals;
}

/** Records that came after the last count may all be new: an upper bound that saves counting every time. */
function progressTo(goal: Goal, batch: Batch): 'reached' | 'unknown' | 'missing' {
  const counted = batch.counted ?? { received: 0, distinct: 0 };
  if (counted.distinct >= goal.rows) return 'reached';
  const atMost = counted.distinct + received(batch) - counted.received;
  return atMost >= goal.rows ? 'unknown' : 'missing';
}

/** Instants at which time alone closes the batch. */
function deadlines(batch: Batch, day: string, policy: ClosingPolicy): { by: ClosedBy; at: Date }[] {
  if (batch.number > 0) return [{ by: 'grace', at: after(batch.lastRowAt, policy.graceSeconds) }];
  const found: { by: ClosedBy; at: Date }[] = [];
  if (policy.schedule !== null) {
    found.push({ by: 'schedule', at: nextScheduledClosing(policy.schedule, policy.timezone, day, batch.openedAt) });
  }
  if (policy.manifest && batch.manifest) {
    found.push({ by: 'grace', at: after(later(batch.manifest.at, batch.lastRowAt), policy.graceSeconds) });
  }
  return found.sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** What to do about the collecting batch now. */
export function review(day: Day, policy: ClosingPolicy, now: Date): Review {
  const batch = collectingBatch(day);
  if (!batch) return { action: 'wait', until: null };
  const goals = batch.number === 0 ? goalsOf(batch, policy) : [];
  const progress = goals.map((goal) => ({ goal, state: progressTo(goal, batch) }));
  const reached = progress.find(({ state }) => state === 'reached');
  if (reached) return { action: 'cut', by: reached.goal.by };
  if (progress.some(({ state }) => state === 'unknown')) return { action: 'count' };
  const [first] = deadlines(batch, day.day, policy);
  if (first && first.at <= now) return { action: 'cut', by: first.by };
  return { action: 'wait', until: first?.at ?? null };
}

/** When the day must be looked at again: now, at a deadline, or (null) only after new input. */
export function dueAt(day: Day, policy: ClosingPolicy, now: Date): Date | null {
  if (day.batches.some(({ state }) => state === 'closing')) return now;
  const reviewed = review(day, policy, now);
  return reviewed.action === 'wait' ? reviewed.until : now;
}

/** Distinct records only ever grow, so the count holds though more may have come meanwhile. */
export function count(day: Day, result: { batch: number; received: number; distinct: number }): Day {
  const batch = collectingBatch(day);
  if (!batch || batch.number !== result.batch) return day;
  return replaceBatch(day, { ...batch, counted: { received: result.received, distinct: result.distinct } });
}

/** From here on the batch takes no rows: later ones go to the next correction. */
export function cut(day: Day, by: ClosedBy): Day {
  const batch = collectingBatch(day);
  return batch ? replaceBatch(day, { ...batch, state: 'closing', closedBy: by }) : day;
}

/** A correction without a new record is not worth an event. */
export const isWorthless = (batch: Batch, counts: RowCounts): boolean => batch.number > 0 && counts.accepted === 0;

/** Distinct records of which the day knows, against what was announced; null when nothing was announced. */
export const isComplete = (batch: Batch, distinct: number): boolean =>
  batch.manifest === null || distinct >= batch.manifest.rows;

/** Ends the closing of a batch; null when somebody else ended it first. */
export function finish(day: Day, number: number, outcome: Outcome): Day | null {
  const batch = day.batches[number];
  if (batch?.state !== 'closing') return null;
  return replaceBatch(day, { ...batch, state: outcome.raw === null ? 'discarded' : 'closed', outcome });
}
