/** First in, first out, of bounded length: what does not fit pushes out the oldest. A ring, so no copying. */
export class DropOldestBuffer<T> {
  private readonly items: (T | undefined)[];
  private head = 0;
  private count = 0;

  constructor(private readonly capacity: number) {
    this.items = new Array<T | undefined>(capacity);
  }

  get length(): number {
    return this.count;
  }

  /** Whether an older item was dropped for it. */
  push(item: T): boolean {
    const full = this.count === this.capacity;
    this.items[(this.head + this.count) % this.capacity] = item;
    if (full) this.head = (this.head + 1) % this.capacity;
    else this.count += 1;
    return full;
  }

  /** Up to `limit` of the oldest. */
  take(limit: number): T[] {
    const size = Math.min(limit, this.count);
    const taken: T[] = [];
    for (let i = 0; i < size; i += 1) {
      taken.push(this.items[this.head] as T);
      this.items[this.head] = undefined;
      this.head = (this.head + 1) % this.capacity;
    }
    this.count -= size;
    return taken;
  }

  /** Puts back what was taken, as the oldest; returns how many of it did not fit any more, oldest first. */
  restore(items: readonly T[]): number {
    const fitting = Math.min(items.length, this.capacity - this.count);
    for (let i = 0; i < fitting; i += 1) {
      this.head = (this.head + this.capacity - 1) % this.capacity;
      this.items[this.head] = items[items.length - 1 - i];
    }
    this.count += fitting;
    return items.length - fitting;
  }
}
