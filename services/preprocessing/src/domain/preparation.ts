/** The fitted preprocessing that a dataset's batches are prepared with. */
export interface CurrentFit {
  metadataId: string;
  /** From 1; a new reference day makes a new version. */
  version: number;
  referenceDay: string;
}

export type Preparation = 'fit' | 'apply' | 'wait';

/**
 * The reference day's batch fits once; its corrections are data like any other, unless the day itself could not fit.
 * What comes before the fit waits for it.
 */
export function preparationOf(day: string, referenceDay: string, current: CurrentFit | null): Preparation {
  const fitted = current?.referenceDay === referenceDay;
  if (day === referenceDay && !fitted) return 'fit';
  return current ? 'apply' : 'wait';
}

export const metadataId = (dataset: string, version: number): string => `${dataset}@${version}`;

export interface PastBatch {
  day: string;
  rows: number;
}

/** How many earlier days a day's row count is compared with. */
export const HISTORY_DAYS = 30;

/**
 * Rows of earlier passed days. The reference is often the bulk of past data rather than a day's, and a correction is
 * no whole day: neither is compared with the others.
 */
export const rowHistory = (correctionOf: string | null, past: readonly PastBatch[], referenceDay: string): number[] =>
  correctionOf === null ? past.filter(({ day }) => day !== referenceDay).map(({ rows }) => rows) : [];
