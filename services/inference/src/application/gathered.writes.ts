interface Part<T> {
  items: readonly T[];
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Writes what comes while a write is under way together with the next one. A call resolves when its items are written,
 * and rejects when the write that held them failed; the write must bear repetition.
 */
export class GatheredWrites<T> {
  private waiting: Part<T>[] = [];
  private writing = false;

  /** `most`: what the items of one write weigh, unless more came together. */
  constructor(
    private readonly write: (items: readonly T[]) => Promise<void>,
    private readonly most: number,
    private readonly weigh: (items: readonly T[]) => number,
  ) {}

  add(items: readonly T[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ items, resolve, reject });
      if (!this.writing) void this.drain();
    });
  }

  /** Never rejects. */
  private async drain(): Promise<void> {
    this.writing = true;
    while (this.waiting.length > 0) {
      const parts = this.next();
      try {
        await this.write(parts.flatMap(({ items }) => items));
        parts.forEach(({ resolve }) => resolve());
      } catch (error) {
        parts.forEach(({ reject }) => reject(error));
      }
    }
    this.writing = false;
  }

  /** At least one part, whole ones only. */
  private next(): Part<T>[] {
    let weight = 0;
    const full = this.waiting.findIndex(({ items }, index) => (weight += this.weigh(items)) > this.most && index > 0);
    return this.waiting.splice(0, full < 0 ? this.waiting.length : full);
  }
}
