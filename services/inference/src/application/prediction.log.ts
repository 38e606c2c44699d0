import { predictionsMadeV1 } from '@perennial/contracts';
import {
  codeOf,
  emit,
  type Logger,
  type OutboxEntry,
  type Publisher,
  type Stamp,
  stampEvents,
} from '@perennial/messaging';
import { DropOldestBuffer } from '../domain/drop-oldest.buffer';
import { type LoggedPrediction, predictionBatches } from '../domain/logged.prediction';
import type { ServingMetrics } from './ports';

export interface PredictionLogOptions {
  replicaId: string;
  /** Predictions kept while they cannot be published, beside the batch that is tried again; then the oldest go. */
  capacity: number;
  intervalMs: number;
}

/** Small enough that the validation of one batch does not hold up answers. */
const BATCH = 200;
const PAUSE_AFTER_FAILURE_MS = 1_000;

/** Publishes answered predictions in batches, off the way of the answer. */
export class PredictionLog {
  private readonly buffer: DropOldestBuffer<LoggedPrediction>;
  private timer: NodeJS.Timeout | undefined;
  private immediate: NodeJS.Immediate | undefined;
  /** Tried again as it is: a batch that did arrive is then stored once. */
  private unsent: { events: readonly OutboxEntry[]; predictions: number } | undefined;
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
    // As soon as there is a batch: what waits for the interval outlives the young part of the heap.
    if (this.buffer.length >= BATCH && !this.flushing) this.immediate ??= setImmediate(() => this.flushFull());
  }

  /** Publishes all that waits; false when the broker did not take it. Never throws. */
  flush(): Promise<boolean> {
    return this.flushWhile(() => this.waiting() > 0);
  }

  private flushFull(): void {
    this.immediate = undefined;
    if (this.now() >= this.pausedUntil) void this.flushWhile(() => this.buffer.length >= BATCH);
  }

  private flushWhile(more: () => boolean): Promise<boolean> {
    this.flushing ??= this.publish(more).finally(() => (this.flushing = undefined));
    return this.flushing;
  }

  /** The last try: what the broker does not take now is lost, and counted. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
    if (this.waiting() > 0) await this.flush();
    const lost = this.waiting();
    this.buffer.take(this.buffer.length);
    this.unsent = undefined;
    if (lost === 0) return;
    this.metrics.logDropped(lost);
    this.logger.warn({ lost }, 'Predictions could not be published before the end');
  }

  private async publish(more: () => boolean): Promise<boolean> {
    while (more()) {
      try {
        this.unsent ??= this.batch();
        await this.publisher.publish(this.unsent.events);
        this.unsent = undefined;
      } catch (err) {
        this.pausedUntil = this.now() + PAUSE_AFTER_FAILURE_MS;
        const fields = { err, code: codeOf(err), waiting: this.waiting() };
        this.logger.warn(fields, 'Predictions wait until the broker takes them');
        return false;
      }
    }
    return true;
  }

  private batch() {
    const made = this.buffer.take(BATCH);
    const events = predictionBatches(made, this.options.replicaId).map((batch) => emit(predictionsMadeV1, batch));
    return { events: stampEvents(events, {}, this.stamp), predictions: made.length };
  }

  private waiting(): number {
    return this.buffer.length + (this.unsent?.predictions ?? 0);
  }

  private now(): number {
    return this.stamp.clock.now().getTime();
  }
}
