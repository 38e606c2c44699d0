import type { Table } from '@perennial/columns';
import type { FittedPreprocessing } from './fitted-preprocessing';
import { type QualityLimits, QualityTally, type QualityVerdict } from './quality.tally';

/** A day that is in memory as a whole; see QualityTally. */
export function checkQuality(
  table: Table,
  fitted: FittedPreprocessing,
  history: { rows: readonly number[] },
  limits: QualityLimits,
): QualityVerdict {
  const tally = new QualityTally(fitted);
  tally.add(table);
  return tally.verdict(history, limits);
}
