import { RecentEntries } from '../domain/recent.entries';
import type { ResponseCache } from './ports';

export interface KeptResponsesBounds {
  /** Of all versions together. */
  entries: number;
  seconds: number;
}

interface Kept {
  probability: number;
  at: number;
}

/** What the versions of one pipeline have answered, by the digest of the row, for a while. */
export class KeptResponses {
  private readonly kept: RecentEntries<Kept>;
  private models = 0;

  /** now: milliseconds; only differences count. */
  constructor(
    private readonly bounds: KeptResponsesBounds,
    private readonly now: () => number,
  ) {
    this.kept = new RecentEntries(bounds.entries);
  }

  /** Of a version that was opened just now; nobody else reads what it answers. */
  ofModel(): ResponseCache {
    const model = (this.models += 1);
    return {
      get: (digest) => this.get(`${model}:${digest}`),
      set: (digest, probability) => this.kept.set(`${model}:${digest}`, { probability, at: this.now() }),
    };
  }

  private get(key: string): number | undefined {
    const found = this.kept.get(key);
    if (found === undefined) return undefined;
    if (this.now() - found.at < this.bounds.seconds * 1000) return found.probability;
    this.kept.delete(key);
    return undefined;
  }
}
