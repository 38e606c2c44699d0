export interface Halving {
  /** The least share of a full training (its epochs or iterations) after which trials are compared, in (0, 1]. */
  readonly minimum: number;
  /** Of so many trials the best one goes on; each time it trains so many times as long. */
  readonly factor: number;
}

/** Shares of a full training, rising to 1; each is 1/factor of the next. */
export function rungShares(halving: Halving | null): number[] {
  const shares = [1];
  if (!halving) return shares;
  const { minimum, factor } = halving;
  for (let share = 1 / factor; share >= minimum * (1 - 1e-9); share /= factor) shares.unshift(share);
  return shares;
}

/** A trial as the ladder sees it. */
export interface Climber {
  /** By rung; higher is better. */
  readonly scores: readonly number[];
  /** The highest rung on which it was started. */
  readonly rung: number;
}

/**
 * The trial to train further: of the highest rung, below the last, where one of the best 1/factor was not promoted yet
 * (ASHA, Li et al. 2018, algorithm 2: get_job). Null: none is.
 */
export function promotable(climbers: readonly Climber[], rungs: number, factor: number): number | null {
  for (let rung = rungs - 2; rung >= 0; rung--) {
    const ranked = rankedOn(climbers, rung);
    const candidates = ranked.slice(0, Math.floor(ranked.length / factor));
    const found = candidates.find((index) => (climbers[index] as Climber).rung === rung);
    if (found !== undefined) return found;
  }
  return null;
}

/** The best of the highest rung that any reached: too few may have come for anyone to be promoted. */
export function furthest(climbers: readonly Climber[], rungs: number): number | null {
  for (let rung = rungs - 1; rung >= 0; rung--) {
    const [best] = rankedOn(climbers, rung).filter((index) => (climbers[index] as Climber).rung === rung);
    if (best !== undefined) return best;
  }
  return null;
}

/** Indices of those with a score on the rung, best first, the earlier of two equals before the later. */
function rankedOn(climbers: readonly Climber[], rung: number): number[] {
  const score = (index: number) => climbers[index]?.scores[rung] as number;
  return climbers
    .flatMap(({ scores }, index) => (scores[rung] === undefined ? [] : [index]))
    .sort((a, b) => score(b) - score(a) || a - b);
}
