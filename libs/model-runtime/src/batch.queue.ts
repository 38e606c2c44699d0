export interface BatchLimits {
  /** Rows that one run takes; a single larger item runs alone. */
  readonly maxBatchRows: number;
  /** Rows that may wait for a run. */
  readonly maxQueuedRows: number;
}

/** First in, first out; what waits together runs together. */
export class BatchQueue<T extends { readonly rows: number }> {
  private items: T[] = [];
  private waitingRows = 0;

  constructor(private readonly limits: BatchLimits) {}

  get rows(): number {
    return this.waitingRows;
  }

  /** The one that waits longest. */
  get oldest(): T | undefined {
    return this.items[0];
  }

  /** False when the item does not fit; an empty queue takes any item. */
  offer(item: T): boolean {
    if (this.items.length > 0 && this.waitingRows + item.rows > this.limits.maxQueuedRows) return false;
    this.items.push(item);
    this.waitingRows += item.rows;
    return true;
  }

  /** Whether an item of one row would not fit. */
  get isFull(): boolean {
    return this.items.length > 0 && this.waitingRows >= this.limits.maxQueuedRows;
  }

  /** The next batch; empty when nothing waits. */
  take(): T[] {
    let rows = 0;
    let count = 0;
    for (const item of this.items) {
      if (count > 0 && rows + item.rows > this.limits.maxBatchRows) break;
      rows += item.rows;
      count += 1;
    }
    this.waitingRows -= rows;
    return this.items.splice(0, count);
  }
}
