import { AccessError } from './access.error';
import type { Principal } from './principal';
import { type Limit, TokenBucket } from './token.bucket';

/** A bucket for each credential; the least recently used are forgotten beyond this many, which fills them again. */
const CAPACITY = 10_000;

/** How often each credential may ask this process. */
export class RateLimits {
  private readonly buckets = new Map<string, TokenBucket>();

  constructor(private readonly usual: Limit | undefined) {}

  /** now: milliseconds that never go back. Throws AccessError 429. */
  admit({ id, limit = this.usual, subject }: Principal, now: number): void {
    if (!limit) return;
    const waitMs = this.bucketOf(id, limit, now).take(now);
    if (waitMs === 0) return;
    const retryAfter = Math.ceil(waitMs / 1000);
    const rule = `must be at most ${limit.perSecond} a second, ${limit.burst} at once`;
    throw new AccessError('TOO_MANY_REQUESTS', 429, `${subject} asks too often: ${rule}`, {
      retryAfter,
      details: { field: 'requests', value: subject, rule },
    });
  }

  private bucketOf(id: string, { perSecond, burst }: Limit, now: number): TokenBucket {
    const known = this.buckets.get(id);
    if (known?.has(perSecond, burst)) {
      if (this.buckets.size < CAPACITY) return known;
      // Only where something may have to be forgotten does the order of use matter.
      this.buckets.delete(id);
      this.buckets.set(id, known);
      return known;
    }
    const bucket = new TokenBucket(perSecond, burst, now);
    this.buckets.delete(id);
    this.buckets.set(id, bucket);
    if (this.buckets.size > CAPACITY) this.buckets.delete(this.buckets.keys().next().value as string);
    return bucket;
  }
}
