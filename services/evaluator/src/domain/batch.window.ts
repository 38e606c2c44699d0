import type { FileReference } from '@perennial/contracts';

/** What the cycle knows of one batch of a feature view. */
export interface BatchFacts {
  batchId: string;
  day: string;
  correctionOf: string | null;
  view: string;
  viewVersion: number;
  metadataId: string;
  rows: number;
  labelledRows: number;
  quality: { verdict: 'passed' | 'failed'; findings: string[] };
  raw: FileReference;
}

/** By day; a day's own batch before its corrections. */
const order = ({ day, correctionOf, batchId }: BatchFacts): string =>
  `${day} ${correctionOf === null ? 0 : 1} ${batchId}`;
const byDay = (a: BatchFacts, b: BatchFacts): number => (order(a) < order(b) ? -1 : 1);

/**
 * Batches that may be trained on for `current`, oldest first: quality passed, not later than its
 * day, with the columns of its version of the view, and encoded by the same preprocessing.
 */
export function usableBatches(known: readonly BatchFacts[], current: BatchFacts): BatchFacts[] {
  return known
    .filter(
      (batch) =>
        batch.quality.verdict === 'passed' &&
        batch.day <= current.day &&
        batch.viewVersion === current.viewVersion &&
        batch.metadataId === current.metadataId,
    )
    .sort(byDay);
}

/** `all` includes corrections; n takes the last n days' own batches, which end with `current`'s day. */
export function trainingWindow(usable: readonly BatchFacts[], days: number | 'all'): BatchFacts[] {
  return days === 'all' ? [...usable] : usable.filter((batch) => batch.correctionOf === null).slice(-days);
}
