import { predictionsMadeV3 } from '@perennial/contracts';
import {
  codeOf,
  emit,
  type Logger,
  type OutboxEntry,
  type Publisher,
  type Stamp,
  stampEvents,
} from '@perennial/messaging';
import { type LoggedPrediction, publishedBatch, sizeOf } from '../domain/logged.prediction';
import { WaitingBatches } from '../domain/waiting.batches';
import type { ServingMetrics } from './ports';

export interface PredictionLogOptions {
  replicaId: string;
  /** Predictions kept while they cannot be published, beside those that are tried again; then the oldest batch goes. */
  capacity: number;
  intervalMs: number;
}

/** As many as an event may hold: to publish and store a batch costs much more than a prediction in it. */
const BATCH = 1_000;
/** Of the inputs in one batch and of all that wait: a record stays well below 1 MB, and the memory bounded. */
const BATCH_BYTES = 256 * 1024;
const WAITING_BYTES = 32 * 1024 * 1024;
const PAUSE_AFTER_FAILURE_MS = 1_000;

/** Publishes answered predictions in batches, off the way of the answer. */
export class PredictionLog {
  private readonly batches: WaitingBatches;
  private timer: NodeJS.Timeout | undefined;
  private immediate: NodeJS.Immediate | undefined;
  /** Tried again as it is: a batch that did arrive is then stored once. */
  private unsent: { events: readonly OutboxEntry[]; predictions: number } | undefined;
  private flushing: Promise<boolean> | undefined;
  private pausedUntil = 0;
  /** A full batch went since the last interval. */
  private wentFull = false;

  constructor(
    private readonly publisher: Publisher,
    private readonly stamp: Stamp,
    private readonly metrics: Pick<ServingMetrics, 'logDropped'>,
    private readonly logger: Logger,
    private readonly options: PredictionLogOptions,
  ) {
    const bounds = { capacity: options.capacity, most: BATCH, enoughBytes: BATCH_BYTES, capacityBytes: WAITING_BYTES };
    this.batches = new WaitingBatches(bounds, stamp.newId, (dropped) => metrics.logDropped(dropped));
  }

  start(): void {
    this.timer = setInterval(() => this.flushWaiting(), this.options.intervalMs);
    this.timer.unref();
  }

  /** The id under which it is logged. */
  add(pipeline: string, made: LoggedPrediction): string {
    const predictionId = this.batches.add(pipeline, made);
    // As soon as there is a batch: what waits for the interval outlives the young part of the heap.
    if (this.batches.length >= BATCH && !this.flushing) this.immediate ??= setImmediate(() => this.flushFull());
    return predictionId;
  }

  /** Publishes all that waits now; false when the broker did not take it. Never throws. */
  flush(): Promise<boolean> {
    return this.flushOldest(this.waiting());
  }

  /** What waits while full batches go is soon in one. */
  private flushWaiting(): void {
    const hadFull = this.wentFull;
    this.wentFull = false;
    if (!hadFull && this.now() >= this.pausedUntil) void this.flush();
  }

  private flushFull(): void {
    this.immediate = undefined;
    if (this.now() < this.pausedUntil || this.flushing) return;
    this.wentFull = true;
    void this.flushOldest(this.batches.length - (this.batches.length % BATCH));
  }

  private flushOldest(predictions: number): Promise<boolean> {
    this.flushing ??= this.publish(predictions).finally(() => (this.flushing = undefined));
    return this.flushing;
  }

  /** The last try: what the broker does not take now is lost, and counted. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
    if (this.waiting() > 0) await this.flush();
    const lost = this.waiting();
    this.batches.take(Infinity);
    this.unsent = undefined;
    if (lost === 0) return;
    this.metrics.logDropped(lost);
    this.logger.warn({ lost }, 'Predictions could not be published before the end');
  }

  /** At least so many, where so many still wait. What comes meanwhile is left to fill its batch. */
  private async publish(predictions: number): Promise<boolean> {
    for (let left = predictions; left > 0 && this.waiting() > 0;) {
      try {
        this.unsent ??= this.oldest();
        // Answers get their turn before it is put into the broker's form.
        await new Promise((resolve) => setImmediate(resolve));
        await this.publisher.publish(this.unsent.events);
        left -= this.unsent.predictions;
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

  private oldest() {
    const taken = this.batches.take(BATCH);
    const events = taken.map((batch) => emit(predictionsMadeV3, publishedBatch(batch, this.options.replicaId)));
    const predictions = taken.reduce((sum, batch) => sum + sizeOf(batch), 0);
    return { events: stampEvents(events, {}, this.stamp), predictions };
  }

  private waiting(): number {
    return this.batches.length + (this.unsent?.predictions ?? 0);
  }

  private now(): number {
    return this.stamp.clock.now().getTime();
  }
}
