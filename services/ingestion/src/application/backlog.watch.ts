import type { Clock, GroupProgress, ProgressReader } from '@perennial/messaging';
import { type Backlog, type BacklogBounds, observe, retryAfterSeconds, secondsToDrain } from '../domain/backlog';

export interface BacklogMetrics {
  backlog(messages: number, secondsToDrain: number, full: boolean): void;
  refusedPush(): void;
}

export interface BacklogView {
  messages: number;
  /** Null where nothing is worked off. */
  secondsToDrain: number | null;
  full: boolean;
  /** When it is full: after how long to try again. */
  retryAfterSeconds: number | null;
  bounds: BacklogBounds;
}

/** Follows how many messages wait to be stored, and says when no more should be pushed. */
export class BacklogWatch {
  private backlog: Backlog | null = null;

  constructor(
    private readonly progress: ProgressReader,
    private readonly source: { group: string; topics: readonly string[] },
    private readonly bounds: BacklogBounds,
    private readonly metrics: BacklogMetrics,
    private readonly clock: Clock,
  ) {}

  /** Rejects where the broker cannot tell; what is known stays, and pushing fails by itself then. */
  async look(): Promise<void> {
    const progress: GroupProgress = await this.progress.read(this.source.group, this.source.topics);
    this.backlog = observe(this.backlog, progress, this.clock.now().getTime(), this.bounds);
    this.metrics.backlog(this.backlog.lag, secondsToDrain(this.backlog), this.backlog.full);
  }

  /** Seconds after which to try again; null while pushes are welcome. */
  retryAfter(): number | null {
    return this.backlog?.full ? retryAfterSeconds(this.backlog, this.bounds) : null;
  }

  refused(): void {
    this.metrics.refusedPush();
  }

  view(): BacklogView {
    const seconds = this.backlog ? secondsToDrain(this.backlog) : 0;
    return {
      messages: this.backlog?.lag ?? 0,
      secondsToDrain: Number.isFinite(seconds) ? seconds : null,
      full: this.backlog?.full ?? false,
      retryAfterSeconds: this.retryAfter(),
      bounds: this.bounds,
    };
  }
}
