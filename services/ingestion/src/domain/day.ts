/** How a batch came to be closed; `grace` also closes corrections. */
export type ClosedBy = 'manifest' | 'schedule' | 'row-count' | 'grace';

/**
 * collecting: takes rows. closing: takes none, its file is being written. closed: stored and announced.
 * discarded: a correction that held nothing but duplicates; nobody hears of it.
 */
export type BatchState = 'collecting' | 'closing' | 'closed' | 'discarded';

/** received = accepted + quarantined + duplicates. */
export interface RowCounts {
  received: number;
  accepted: number;
  quarantined: number;
  duplicates: number;
}

export interface Batch {
  /** 0 is the day itself; n its n-th correction. */
  number: number;
  state: BatchState;
  /** Rows and quarantined records as they came, duplicates included. */
  rows: number;
  quarantined: number;
  manifest: { rows: number; at: Date } | null;
  openedAt: Date;
  lastRowAt: Date;
  /** Distinct records among the first `received`, as last counted. */
  counted: { received: number; distinct: number } | null;
  closedBy: ClosedBy | null;
  outcome: Outcome | null;
}

/** File is whatever the store refers to files by. */
export interface Outcome<File = unknown> {
  counts: RowCounts;
  complete: boolean;
  closedAt: Date;
  raw: File | null;
}

/** Everything known of one day of one dataset. Exactly one batch, the last, may be collecting. */
export interface Day {
  dataset: string;
  day: string;
  /** Highest offset taken, by stream (topic and partition). */
  watermarks: Record<string, number>;
  batches: Batch[];
}

export const newDay = (dataset: string, day: string): Day => ({ dataset, day, watermarks: {}, batches: [] });

export const dayId = (dataset: string, day: string): string => `${dataset}/${day}`;

/** The day's own batch carries the day's id; corrections add ~1, ~2 and so on. */
export const batchId = ({ dataset, day }: Day, number: number): string =>
  number === 0 ? dayId(dataset, day) : `${dayId(dataset, day)}~${number}`;

export const received = (batch: Batch): number => batch.rows + batch.quarantined;

export const closingBatches = (day: Day): Batch[] => day.batches.filter(({ state }) => state === 'closing');

export const collectingBatch = (day: Day): Batch | undefined => {
  const last = day.batches.at(-1);
  return last?.state === 'collecting' ? last : undefined;
};

export const replaceBatch = (day: Day, batch: Batch): Day => ({
  ...day,
  batches: day.batches.map((other) => (other.number === batch.number ? batch : other)),
});
