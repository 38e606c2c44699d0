import type { Averaging } from './averaged-scores';
import { confusionMatrix, type ConfusionMatrix } from './confusion-matrix';
import { rankedRows, scoresOf, type MetricName, type Scores } from './ranked-rows';
import { percentileInterval, resampleCount, rowSampler, type Interval, type ResamplingOptions } from './resampling';
import { scoredRows } from './scored-rows';

export interface EvaluateOptions extends ResamplingOptions {
  /** A probability at least this high is a positive prediction. */
  threshold: number;
  averaging: Averaging;
}

export interface Evaluation {
  rows: number;
  positives: number;
  threshold: number;
  averaging: Averaging;
  confusion: ConfusionMatrix;
  metrics: Record<MetricName, Interval>;
}

export const METRIC_NAMES = [
  'f1',
  'precision',
  'recall',
  'accuracy',
  'rocAuc',
  'prAuc',
  'logLoss',
  'brier',
] as const satisfies readonly MetricName[];

/** Every metric without intervals. */
export function scores(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  options: { threshold: number; averaging: Averaging },
): Scores {
  const rows = rankedRows(scoredRows(labels, probabilities));
  return scoresOf(rows, new Uint8Array(rows.labels.length).fill(1), options);
}

/** Every metric with its bootstrap interval, all from the same resamples. Throws on no rows or a bad value. */
export function evaluate(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  options: EvaluateOptions,
): Evaluation {
  const scored = scoredRows(labels, probabilities);
  const ranked = rankedRows(scored);
  const rows = ranked.labels.length;
  const draw = rowSampler(scored.labels, options);
  const drawn = new Uint32Array(rows);
  const counts = new Uint32Array(rows);
  const resampled = Array.from({ length: resampleCount(options) }, () => {
    draw(drawn);
    counts.fill(0);
    for (const row of drawn) counts[ranked.rankOf[row] as number]!++;
    return scoresOf(ranked, counts, options);
  });
  const values = scoresOf(ranked, counts.fill(1), options);
  const intervalOf = (name: MetricName) =>
    percentileInterval(
      values[name],
      resampled.map((sample) => sample[name]),
      options.confidence,
    );
  return {
    rows,
    positives: scored.labels.reduce((sum, label) => sum + label, 0),
    threshold: options.threshold,
    averaging: options.averaging,
    confusion: confusionMatrix(labels, probabilities, options.threshold),
    metrics: Object.fromEntries(METRIC_NAMES.map((name) => [name, intervalOf(name)])) as Record<MetricName, Interval>,
  };
}
