import { percentileInterval, resampleCount, rowSampler, type Interval, type ResamplingOptions } from './resampling';
import { scoredRows } from './scored-rows';

/** null where the metric is undefined. */
export type Metric = (labels: Float64Array, probabilities: Float64Array) => number | null;

/** Percentile bootstrap (Efron 1979) of any metric of labels and probabilities. */
export function bootstrap(
  metric: Metric,
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  options: ResamplingOptions,
): Interval {
  const rows = scoredRows(labels, probabilities);
  const draw = rowSampler(rows.labels, options);
  const drawn = new Uint32Array(rows.labels.length);
  const resampled = Array.from({ length: resampleCount(options) }, () => {
    draw(drawn);
    const pick = (values: Float64Array) => Float64Array.from(drawn, (row) => values[row] as number);
    return metric(pick(rows.labels), pick(rows.probabilities));
  });
  return percentileInterval(metric(rows.labels, rows.probabilities), resampled, options.confidence);
}
