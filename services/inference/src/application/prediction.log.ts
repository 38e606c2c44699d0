import { predictionMadeV2 } from '@perennial/contracts';
import { codeOf, emit, type Logger, type Publisher, type Stamp, stampEvents } from '@perennial/messaging';
import { DropOldestBuffer } from '../domain/drop-oldest.buffer';
import { type LoggedPrediction, predictionMade } from '../domain/logged.prediction';
import type { ServingMetrics } from './ports';

export interface PredictionLogOptions {
  replicaId: string;
  /** Predictions kept while they cannot be published; then the oldest go. */
  capacity: number;
  intervalMs: number;
}

/** Small enough that digests and validation of one batch do not hold up answers. */
const BATCH = 200;
const PAUSE_AFTER_FAILURE_MS = 1_000;

/** Publishes answered predictions in batches, off the way of the answer. */
export class PredictionLog {
  private readonly buffer: DropOldestBuffer<LoggedPrediction>;
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<boolean> | undefined;
  private pausedUntil = 0;

  constructor(
    private readonly publisher: Publisher,
    private readonly stamp: Stamp,
    private readonly metrics: Pick<ServingMetrics, 'logDropped'>,
    private readonly logger: Logger,
    private readonly options: PredictionLogOptions,
  ) {
    this.buffer = new DropOldestBuffer(options.capacity);
  }

  start(): void {
    this.timer = setInterval(() => {
      if (this.now() >= this.pausedUntil) void this.flush();
    }, this.options.intervalMs);
    this.timer.unref();
  }

  add(prediction: LoggedPrediction): void {
    if (this.buffer.push(prediction)) this.metrics.logDropped(1);
  }

  /** Publishes all that waits; false when the broker did not take it. Never throws. */
  flush(): Promise<boolean> {
    this.flushing ??= this.publishAll().finally(() => (this.flushing = undefined));
    return this.flushing;
  }

  /** The last try: what the broker does not take now is lost, and counted. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
    if (this.buffer.length > 0) await this.flush();
    const lost = this.buffer.take(this.buffer.length).length;
    if (lost === 0) return;
    this.metrics.logDropped(lost);
    this.logger.warn({ lost }, 'Predictions could not be published before the end');
  }

  private async publishAll(): Promise<boolean> {
    while (this.buffer.length > 0) {
      const batch = this.buffer.take(BATCH);
      try {
        const events = batch.map((made) => emit(predictionMadeV2, predictionMade(made, this.options.replicaId)));
        await this.publisher.publish(stampEvents(events, {}, this.stamp));
      } catch (err) {
        this.putBack(batch, err);
        return false;
      }
    }
    return true;
  }

  /** Published again with the same prediction ids, so a batch that did arrive is stored once. */
  private putBack(batch: readonly LoggedPrediction[], err: unknown): void {
    const dropped = this.buffer.restore(batch);
    if (dropped > 0) this.metrics.logDropped(dropped);
    this.pausedUntil = this.now() + PAUSE_AFTER_FAILURE_MS;
    const fields = { err, code: codeOf(err), waiting: this.buffer.length };
    this.logger.warn(fields, 'Predictions wait until the broker takes them');
  }

  private now(): number {
    return this.stamp.clock.now().getTime();
  }
}
