import type { Interval, Metrics, Verdict } from '@perennial/contracts';
import type { CyclePolicy } from './cycle.policy';

const UNDEFINED: Interval = { value: null, low: null, high: null };

/** Scores of a model that could not be scored. */
export const undefinedMetrics: Metrics = {
  f1: UNDEFINED,
  accuracy: UNDEFINED,
  precision: UNDEFINED,
  recall: UNDEFINED,
  rocAuc: UNDEFINED,
  prAuc: UNDEFINED,
  logLoss: UNDEFINED,
  brier: UNDEFINED,
};

export const scoreOf = (metrics: Metrics, policy: CyclePolicy): Interval => metrics[policy.gate.metric];

/** The point estimate decides, not a bound of its interval. An undefined metric does not pass. */
export function judgeByGate(metrics: Metrics, policy: CyclePolicy): Verdict {
  const { metric, averaging, threshold } = policy.gate;
  const { value } = metrics[metric];
  return { metric, averaging, threshold, passed: value !== null && value >= threshold };
}

/** Strictly better on the same rows; anything defined beats a model that could not be scored. */
export function betterThan(candidate: Metrics, incumbent: Metrics | null, policy: CyclePolicy): boolean {
  const score = scoreOf(candidate, policy).value;
  if (score === null) return false;
  const bar = incumbent === null ? null : scoreOf(incumbent, policy).value;
  return bar === null || score > bar;
}

/** Probability at and above which a row counts as positive. */
export function decisionThreshold(policy: CyclePolicy, tuned: number): number {
  return policy.gate.decisionThreshold === 'tuned' ? tuned : policy.gate.decisionThreshold;
}
