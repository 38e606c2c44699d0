import type { RowCounts } from './day';
import { IdentitySet } from './identity.set';
import type { TextBlock } from './text.block';

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'utf8');

/** Keeps the first record of each id, in the order in which records are offered. */
export class Deduplication {
  private readonly accepted: IdentitySet;
  private readonly quarantined: IdentitySet;
  private received = 0;

  /** known: ids that earlier batches of the day hold already. seed: see IdentitySet. */
  constructor(
    private readonly known: IdentitySet = new IdentitySet(),
    seed = 0,
  ) {
    this.accepted = new IdentitySet(seed);
    this.quarantined = new IdentitySet(seed);
  }

  /** Which rows are new and are to be kept, by their place in the block; null when all are. */
  offerRows({ count, ends, bytes }: TextBlock): Uint32Array | null {
    this.received += count;
    const kept = new Uint32Array(count);
    let keptCount = 0;
    for (let index = 0, start = 0; index < count; index++) {
      const end = ends[index] as number;
      if (!this.known.has(bytes, start, end) && this.accepted.add(bytes, start, end)) kept[keptCount++] = index;
      start = end;
    }
    return keptCount === count ? null : kept.slice(0, keptCount);
  }

  offerQuarantined(identity: string): void {
    this.received += 1;
    this.quarantined.add(bytesOf(identity));
  }

  /** A record that was refused and came again in order counts once. */
  distinct(): number {
    return this.accepted.size + this.quarantined.size - this.accepted.shared(this.quarantined);
  }

  counts(): RowCounts {
    const accepted = this.accepted.size;
    const quarantined = this.quarantined.size;
    return { received: this.received, accepted, quarantined, duplicates: this.received - accepted - quarantined };
  }
}
