import type { Resident } from '../domain/memory.eviction';
import type { EvictableModel } from './ports';

/** A model among those that share the memory budget. */
export class KeptModel implements Resident {
  bytes = 0;
  pinned = true;
  calls = 0;
  lastUsed = 0;
  /** Whether it takes memory now. */
  held = false;
  /** Set by its first load. */
  model: EvictableModel | null = null;
  /** While it is on its way in. */
  loading: Promise<void> | null = null;
  /** Until its memory is given back. */
  leaving: Promise<void> | null = null;
  closed = false;
  private whenIdle: (() => void) | null = null;

  constructor(
    readonly name: string,
    readonly version: string,
  ) {}

  /** Calls that came before it was told to leave are answered before it goes. */
  async answered<T>(call: () => Promise<T>): Promise<T> {
    this.calls += 1;
    try {
      return await call();
    } finally {
      this.calls -= 1;
      if (this.calls === 0) this.whenIdle?.();
    }
  }

  idle(): Promise<void> {
    return this.calls === 0 ? Promise.resolve() : new Promise((resolve) => (this.whenIdle = resolve));
  }
}
