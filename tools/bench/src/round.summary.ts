export interface RoundSummary {
  readonly min: number;
  readonly median: number;
}

/** Of times in one unit, one per round. Throws RangeError on no rounds or a time that is not positive. */
export function summarise(rounds: readonly number[]): RoundSummary {
  const bad = rounds.find((time) => !(time > 0 && time < Infinity));
  if (rounds.length === 0 || bad !== undefined) {
    throw new RangeError(rounds.length === 0 ? 'no rounds were measured' : `a round took ${bad}: must be positive`);
  }
  const sorted = [...rounds].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2;
  return { min: sorted[0] as number, median };
}
