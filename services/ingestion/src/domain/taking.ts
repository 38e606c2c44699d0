import { type Batch, collectingBatch, type Day, replaceBatch } from './day';

/** What one slice of one stream holds for one day. */
export interface Intake {
  stream: string;
  /** Highest offset of the slice that concerns this day. */
  lastOffset: number;
  rows: number;
  quarantined: number;
  /** The last manifest of the slice. */
  manifest: { rows: number } | null;
}

/** Records at or below it were taken before and are dropped on redelivery. */
export const watermarkOf = (day: Day | null, stream: string): number => day?.watermarks[stream] ?? -1;

const openBatch = (number: number, now: Date): Batch => ({
  number,
  state: 'collecting',
  rows: 0,
  quarantined: 0,
  manifest: null,
  openedAt: now,
  lastRowAt: now,
  counted: null,
  closedBy: null,
  outcome: null,
});

/** The batch that late or first records go to: the collecting one, else a new one behind the last. */
function withCollectingBatch(day: Day, now: Date): { day: Day; batch: Batch } {
  const collecting = collectingBatch(day);
  if (collecting) return { day, batch: collecting };
  const batch = openBatch(day.batches.length, now);
  return { day: { ...day, batches: [...day.batches, batch] }, batch };
}

/**
 * Takes a slice into the day. Returns the number of the batch that its rows belong to (null without rows).
 * A manifest speaks of the day itself: one that comes when the day is closing or closed changes nothing.
 */
export function take(before: Day, intake: Intake, now: Date): { day: Day; batch: number | null } {
  const watermarks = { ...before.watermarks, [intake.stream]: intake.lastOffset };
  let day: Day = { ...before, watermarks };
  const rows = intake.rows + intake.quarantined;
  const announced = intake.manifest !== null && (day.batches.length === 0 || day.batches[0]?.state === 'collecting');
  if (rows === 0 && !announced) return { day, batch: null };

  const opened = withCollectingBatch(day, now);
  day = opened.day;
  const batch: Batch = {
    ...opened.batch,
    rows: opened.batch.rows + intake.rows,
    quarantined: opened.batch.quarantined + intake.quarantined,
    lastRowAt: rows > 0 ? now : opened.batch.lastRowAt,
    manifest: announced && intake.manifest ? { rows: intake.manifest.rows, at: now } : opened.batch.manifest,
  };
  return { day: replaceBatch(day, batch), batch: rows > 0 ? batch.number : null };
}
