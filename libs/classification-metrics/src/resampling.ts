import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export interface ResamplingOptions {
  /** Number of resamples; 1000 by default. */
  resamples?: number;
  seed: number;
  /** Of the interval, within (0, 1); 0.95 by default. */
  confidence?: number;
  /** Draw from each class by itself, so that every resample keeps the class counts. */
  stratified?: boolean;
}

export interface Interval {
  /** null where the metric is undefined on the rows. */
  value: number | null;
  /** null where the metric is undefined on the rows or on every resample. */
  low: number | null;
  high: number | null;
}

function strata(labels: ArrayLike<number>, stratified: boolean): Uint32Array[] {
  const all = Uint32Array.from({ length: labels.length }, (_, row) => row);
  if (!stratified) return [all];
  return [0, 1].map((label) => all.filter((row) => labels[row] === label)).filter((rows) => rows.length > 0);
}

/** Fills `drawn` with rows drawn with replacement; the same seed gives the same draws. */
export function rowSampler(labels: ArrayLike<number>, options: ResamplingOptions): (drawn: Uint32Array) => void {
  const random = xoroshiro128plus(options.seed);
  const groups = strata(labels, options.stratified ?? false);
  return (drawn) => {
    let next = 0;
    for (const group of groups) {
      const last = group.length - 1;
      for (let i = 0; i <= last; i++) drawn[next++] = group[uniformInt(random, 0, last)] as number;
    }
  };
}

/** Linear between order statistics, as numpy's default. */
function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = sorted[Math.floor(position)] as number;
  const above = sorted[Math.ceil(position)] as number;
  return below + (above - below) * (position - Math.floor(position));
}

/** Percentile interval over the resamples on which the metric is defined. */
export function percentileInterval(
  value: number | null,
  resampled: readonly (number | null)[],
  confidence = 0.95,
): Interval {
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`confidence ${confidence} must be within (0, 1)`);
  const sorted = Float64Array.from(resampled.filter((score) => score !== null)).sort();
  if (value === null || sorted.length === 0) return { value, low: null, high: null };
  const tail = (1 - confidence) / 2;
  return { value, low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) };
}

export function resampleCount(options: ResamplingOptions): number {
  const count = options.resamples ?? 1000;
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`resamples ${count} must be a positive integer`);
  return count;
}
