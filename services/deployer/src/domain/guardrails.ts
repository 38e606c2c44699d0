import { f1Of, percentileMs, slowerThan, stabilityIndex, wilsonLower } from './arm.statistics';
import { type ArmCounts, type LabelCounts, labelled } from './observation';
import type { Guardrails } from './rollout.plan';

export interface Observed extends ArmCounts {
  labels: LabelCounts;
}

/** What one rule found, with the numbers that it looked at. */
export interface Finding {
  rule: 'error-share' | 'latency-p99' | 'score-distance' | 'live-f1' | 'step-done';
  breached: boolean;
  text: string;
  measured: Record<string, number | null>;
}

/** One-sided 0.1 %: rules are looked at every half second, and chance must not take a good version back. */
const Z = 3.09;
/** 99.9 % quantile of chi-squared with 19 degrees of freedom: what chance adds to the index of 20 bins, see below. */
const CHI_SQUARED = 43.82;
/** Of the old version, before its 99th percentile means anything. */
const MINIMUM_REQUESTS = 100;
const SLOW_SHARE = 0.01;

const text = (value: number | null): string => (value === null ? 'unknown' : String(Number(value.toPrecision(4))));

/** Judges a new version by what it has answered beside the old one. Rules that cannot say anything yet find nothing. */
export function judge(guardrails: Guardrails, stable: Observed, candidate: Observed): Finding[] {
  return [
    ...errorShare(guardrails, stable, candidate),
    ...latency(guardrails, stable, candidate),
    ...scoreDistance(guardrails, stable, candidate),
    ...liveF1(guardrails, stable, candidate),
  ];
}

function errorShare({ errorShare: limit }: Guardrails, stable: Observed, candidate: Observed): Finding[] {
  if (limit === null || candidate.requests === 0) return [];
  const before = stable.requests === 0 ? 0 : stable.errors / stable.requests;
  const now = candidate.errors / candidate.requests;
  const surely = wilsonLower(candidate.errors, candidate.requests, Z);
  const measured = { candidate: now, stable: before, surely, limit, requests: candidate.requests };
  const words = `${text(now)} of ${candidate.requests} requests failed, ${text(before)} before; at most ${limit} more`;
  return [{ rule: 'error-share', breached: surely > before + limit, text: words, measured }];
}

/** 99 % must be answered within the limit: more than 1 % slower ones, beyond chance, is the same as a higher p99. */
function latency({ p99Ratio }: Guardrails, stable: Observed, candidate: Observed): Finding[] {
  const before = percentileMs(stable.latency, 0.99);
  if (p99Ratio === null || before === null || stable.requests < MINIMUM_REQUESTS || candidate.requests === 0) return [];
  const limit = before * p99Ratio;
  const slow = slowerThan(candidate.latency, limit);
  const answered = candidate.latency.reduce((sum, count) => sum + count, 0);
  const surely = wilsonLower(slow, answered, Z);
  const now = percentileMs(candidate.latency, 0.99);
  const measured = { candidate: now, stable: before, limit, slow, answered };
  const words = `p99 ${text(now)} ms, ${text(before)} ms before; ${slow} of ${answered} above ${text(limit)} ms`;
  return [{ rule: 'latency-p99', breached: surely > SLOW_SHARE, text: words, measured }];
}

/**
 * Of two samples of n and m from one distribution the index divided by (1/n + 1/m) is chi-squared distributed (Yurdakul
 * and Naranjo 2020), so few predictions have to differ by more.
 */
function scoreDistance({ scoreDistance: limit }: Guardrails, stable: Observed, candidate: Observed): Finding[] {
  if (limit === null || stable.rows === 0 || candidate.rows === 0) return [];
  const distance = stabilityIndex(stable.scores, candidate.scores);
  const chance = CHI_SQUARED * (1 / stable.rows + 1 / candidate.rows);
  const measured = { distance, limit, chance, stable: stable.rows, candidate: candidate.rows };
  const words = `scores are ${text(distance)} apart; at most ${limit} and ${text(chance)} by chance`;
  return [{ rule: 'score-distance', breached: distance > limit + chance, text: words, measured }];
}

function liveF1({ f1Drop, minimumLabels }: Guardrails, stable: Observed, candidate: Observed): Finding[] {
  if (f1Drop === null || Math.min(labelled(stable.labels), labelled(candidate.labels)) < minimumLabels) return [];
  const [before, now] = [f1Of(stable.labels), f1Of(candidate.labels)];
  if (before === null || now === null) return [];
  const labels = labelled(candidate.labels);
  const measured = { candidate: now, stable: before, limit: f1Drop, labels };
  const words = `F1 ${text(now)} on ${labels} labels, ${text(before)} before; at most ${f1Drop} less`;
  return [{ rule: 'live-f1', breached: now < before - f1Drop, text: words, measured }];
}
