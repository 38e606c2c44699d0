export interface Limit {
  /** Requests in the long run. */
  readonly perSecond: number;
  /** Requests at once. */
  readonly burst: number;
}

/** Lets `burst` through at once and `perSecond` in the long run. Times are milliseconds of any clock that never goes back. */
export class TokenBucket {
  private tokens: number;

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    private filledAt: number,
  ) {
    this.tokens = burst;
  }

  /** Takes one and gives 0, or takes none and gives the milliseconds until there is one. */
  take(now: number): number {
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.filledAt) * this.perSecond) / 1000);
    this.filledAt = now;
    if (this.tokens < 1) return ((1 - this.tokens) * 1000) / this.perSecond;
    this.tokens -= 1;
    return 0;
  }

  has(perSecond: number, burst: number): boolean {
    return this.perSecond === perSecond && this.burst === burst;
  }
}
