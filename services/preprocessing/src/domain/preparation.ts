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

/** How many earlier days a day's row count is compared with: two weeks, so that weekends weigh as they should. */
export const HISTORY_DAYS = 14;

/**
 * Rows of earlier days that had any, failed ones included: if only passed days counted, one odd day or a lasting
 * change of volume would fail every day after it. The reference is often the bulk of past data rather than a day's,
 * and a correction is no whole day: neither is compared with the others.
 */
export function rowHistory(correctionOf: string | null, past: readonly PastBatch[], referenceDay: string): number[] {
  if (correctionOf !== null) return [];
  return past.filter(({ day, rows }) => day !== referenceDay && rows > 0).map(({ rows }) => rows);
}
