import type { Configuration } from './search.space';

/** What is known of a configuration that was asked for. */
export interface Observation {
  readonly configuration: Configuration;
  /** At the largest share of a full training it had; higher scores are better. Null: nothing yet, or it failed. */
  readonly result: { readonly share: number; readonly score: number } | null;
}

const GOOD_SHARE = 0.1;
const MOST_GOOD = 25;

/**
 * The best tenth, rounded up, and the others, both in the order of asking. What was trained longer comes before what was
 * not. Those without a result are among the others: a pending one keeps parallel trials apart (constant liar), a failed
 * one is to be kept away from.
 */
export function splitObservations(observations: readonly Observation[]): { good: Observation[]; bad: Observation[] } {
  const ranked = observations
    .flatMap(({ result }, index) => (result ? [{ ...result, index }] : []))
    .sort((a, b) => b.share - a.share || b.score - a.score || a.index - b.index);
  const count = Math.min(Math.ceil(GOOD_SHARE * ranked.length), MOST_GOOD);
  const best = new Set(ranked.slice(0, count).map(({ index }) => index));
  return {
    good: observations.filter((_, index) => best.has(index)),
    bad: observations.filter((_, index) => !best.has(index)),
  };
}
