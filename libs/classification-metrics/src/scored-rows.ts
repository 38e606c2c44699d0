import { MetricsError } from './metrics.errors';

/** Rows with a label (0 or 1) and a probability of the positive class. */
export interface ScoredRows {
  readonly labels: Float64Array;
  readonly probabilities: Float64Array;
}

/** Checks and copies: same length, not empty, labels 0 or 1, probabilities in [0, 1]; the error names the row. */
export function scoredRows(labels: ArrayLike<number>, probabilities: ArrayLike<number>): ScoredRows {
  if (labels.length !== probabilities.length) {
    const message = `${labels.length} labels but ${probabilities.length} probabilities`;
    throw new MetricsError('METRICS_LENGTH_MISMATCH', message);
  }
  if (labels.length === 0) throw new MetricsError('METRICS_EMPTY', 'no rows to judge');
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row] as number;
    const probability = probabilities[row] as number;
    if (label !== 0 && label !== 1) throw invalid('label', label, row, '0 or 1');
    if (!(probability >= 0 && probability <= 1)) throw invalid('probability', probability, row, 'within 0 and 1');
  }
  return { labels: Float64Array.from(labels), probabilities: Float64Array.from(probabilities) };
}

function invalid(field: string, value: number, row: number, rule: string): MetricsError {
  return new MetricsError('METRICS_INVALID_VALUE', `row ${row}: ${field} ${value} must be ${rule}`, {
    row,
    field,
    value,
  });
}
