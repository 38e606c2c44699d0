import { LATENCY_BOUNDS_MS } from '@perennial/contracts';
import type { LabelCounts } from './observation';

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

/** Lower bound of Wilson's score interval for k of n at z standard deviations; 0 where n is 0 (Wilson 1927). */
export function wilsonLower(k: number, n: number, z: number): number {
  if (n === 0) return 0;
  const share = k / n;
  const centre = share + (z * z) / (2 * n);
  const spread = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return Math.max(0, (centre - spread) / (1 + (z * z) / n));
}

/** Added to each bin, so that an empty one has a logarithm. */
const PRIOR = 0.5;

/** Σ (p − q) ln(p / q) of two histograms over the same bins: the population stability index, Jeffreys' divergence. */
export function stabilityIndex(expected: readonly number[], actual: readonly number[]): number {
  const total = { expected: sum(expected), actual: sum(actual) };
  return expected.reduce((index, count, bin) => {
    const p = (count + PRIOR) / (total.expected + PRIOR * expected.length);
    const q = ((actual[bin] ?? 0) + PRIOR) / (total.actual + PRIOR * expected.length);
    return index + (p - q) * Math.log(p / q);
  }, 0);
}

/** Upper bound in milliseconds of the bin in which the percentile lies; null where nothing was counted or it is beyond. */
export function percentileMs(latency: readonly number[], share: number): number | null {
  const wanted = sum(latency) * share;
  if (wanted === 0) return null;
  let seen = 0;
  const bin = latency.findIndex((count) => (seen += count) >= wanted);
  return LATENCY_BOUNDS_MS[bin] ?? null;
}

/** Requests that surely took longer: those of bins that begin at the limit or behind it. */
export const slowerThan = (latency: readonly number[], limitMs: number): number =>
  sum(latency.filter((_, bin) => (LATENCY_BOUNDS_MS[bin - 1] ?? 0) >= limitMs));

/** Of the positive class; null where there is neither a positive label nor a positive prediction. */
export function f1Of({ truePositives, falsePositives, falseNegatives }: LabelCounts): number | null {
  const denominator = 2 * truePositives + falsePositives + falseNegatives;
  return denominator === 0 ? null : (2 * truePositives) / denominator;
}
