import type { FileReference } from '@perennial/contracts';
import { type Batch, batchId, type Day, received } from '../domain/day';

export interface BatchView {
  batchId: string;
  state: Batch['state'];
  rows: {
    received: number;
    /** Null until the batch is closed: only then duplicates are known. */
    accepted: number | null;
    quarantined: number;
    duplicates: number | null;
    expected: number | null;
  };
  openedAt: Date;
  lastRowAt: Date;
  closedBy: Batch['closedBy'];
  complete: boolean | null;
  closedAt: Date | null;
  raw: FileReference | null;
}

export interface DayView {
  dataset: string;
  day: string;
  /** Of the day itself; late records do not open it again. */
  state: Batch['state'] | 'empty';
  batches: BatchView[];
}

function batchView(day: Day, batch: Batch): BatchView {
  const { outcome } = batch;
  return {
    batchId: batchId(day, batch.number),
    state: batch.state,
    rows: {
      received: outcome?.counts.received ?? received(batch),
      accepted: outcome?.counts.accepted ?? null,
      quarantined: outcome?.counts.quarantined ?? batch.quarantined,
      duplicates: outcome?.counts.duplicates ?? null,
      expected: batch.manifest?.rows ?? null,
    },
    openedAt: batch.openedAt,
    lastRowAt: batch.lastRowAt,
    closedBy: batch.closedBy,
    complete: outcome?.complete ?? null,
    closedAt: outcome?.closedAt ?? null,
    raw: (outcome?.raw ?? null) as FileReference | null,
  };
}

export const dayView = (day: Day): DayView => ({
  dataset: day.dataset,
  day: day.day,
  state: day.batches[0]?.state ?? 'empty',
  batches: day.batches.map((batch) => batchView(day, batch)),
});
