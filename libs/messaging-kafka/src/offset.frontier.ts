/**
 * Which offset may be committed while records of one partition finish in any order: the one after the last record
 * before which nothing is open. Offsets ascend but may have gaps (compaction, transaction markers).
 */
export class OffsetFrontier {
  private readonly done = new Set<string>();
  private next = 0;

  constructor(private readonly offsets: readonly string[]) {}

  finish(offset: string): void {
    this.done.add(offset);
    for (let open = this.offsets[this.next]; open !== undefined && this.done.delete(open);) {
      this.next++;
      open = this.offsets[this.next];
    }
  }

  /** Offset of the last record of the finished prefix; undefined while the first record is open. */
  last(): string | undefined {
    return this.offsets[this.next - 1];
  }
}

/** The committed offset is that of the next record to read. */
export const committable = (lastFinished: string): string => (BigInt(lastFinished) + 1n).toString();
