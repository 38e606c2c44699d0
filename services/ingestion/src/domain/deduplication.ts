import type { RowCounts } from './day';

/** Keeps the first record of each id, in the order in which records are offered. */
export class Deduplication {
  private readonly accepted = new Set<string>();
  private readonly quarantined = new Set<string>();
  private received = 0;

  /** known: ids that earlier batches of the day hold already. */
  constructor(private readonly known: ReadonlySet<string> = new Set()) {}

  /** True when the row is new and is to be kept. */
  offerRow(id: string): boolean {
    this.received += 1;
    if (this.known.has(id) || this.accepted.has(id)) return false;
    this.accepted.add(id);
    return true;
  }

  offerQuarantined(identity: string): void {
    this.received += 1;
    this.quarantined.add(identity);
  }

  /** A record that was refused and came again in order counts once. */
  distinct(): number {
    let both = 0;
    for (const identity of this.quarantined) if (this.accepted.has(identity)) both += 1;
    return this.accepted.size + this.quarantined.size - both;
  }

  counts(): RowCounts {
    const accepted = this.accepted.size;
    const quarantined = this.quarantined.size;
    return { received: this.received, accepted, quarantined, duplicates: this.received - accepted - quarantined };
  }

  ids(): ReadonlySet<string> {
    return this.accepted;
  }
}
