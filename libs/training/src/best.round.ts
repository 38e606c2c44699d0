export interface KeptRound<T> {
  readonly round: number;
  /** Null where it could not be measured. */
  readonly value: number | null;
  readonly kept: T;
}

/**
 * Keeps the best of a training's rounds (epochs, iterations), of which the first is 1, and says when to stop. The higher
 * value is better, among equal ones the first. What cannot be measured is never better than what could; until something
 * could, the latest round is kept.
 */
export class BestRound<T> {
  constructor(
    /** Rounds without a better one after which to stop; null never stops and keeps the latest round. */
    private readonly patience: number | null,
    private best: KeptRound<T> | null = null,
  ) {}

  /** Takes the next round; `keep` is asked only for what is to be kept. */
  add(round: number, value: number | null, keep: () => T): void {
    const before = this.patience === null ? null : (this.best?.value ?? null);
    if (before !== null && (value === null || value <= before)) return;
    this.best = { round, value, kept: keep() };
  }

  isOver(round: number): boolean {
    return this.patience !== null && this.best !== null && round - this.best.round >= this.patience;
  }

  /** Null before the first round. */
  get kept(): KeptRound<T> | null {
    return this.best;
  }
}
