import { setMaxListeners } from 'node:events';
import type { Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { BrokerRecord, ConsumerSubscription } from '@perennial/messaging';
import type { Session } from './session.supervisor';
import { processSlice, type SliceControl, type SliceOptions } from './slice.processor';
import { within } from './time.limit';

export interface ConsumerSessionOptions extends SliceOptions {
  /** No sign of life from the client for so long means that it hangs. */
  silenceMs: number;
}

/** One kafkajs consumer from joining the group to its loss or close. */
export class ConsumerSession implements Session {
  readonly failed: Promise<unknown>;
  private readonly fail: (reason: unknown) => void;
  private readonly handBack = new AbortController();
  private readonly slices = new Set<Promise<unknown>>();
  private readonly idle: Promise<void>;
  private readonly release: () => void;
  private draining = false;
  private watchdog: NodeJS.Timeout | undefined;

  constructor(
    private readonly consumer: Consumer,
    private readonly subscription: ConsumerSubscription,
    private readonly options: ConsumerSessionOptions,
  ) {
    let fail: (reason: unknown) => void = () => {};
    let release = () => {};
    this.failed = new Promise((resolve) => (fail = resolve));
    this.idle = new Promise((resolve) => (release = resolve));
    this.fail = fail;
    this.release = release;
    // Each slice under way listens; more than ten at once are no leak.
    setMaxListeners(0, this.handBack.signal);
  }

  async start(): Promise<void> {
    const { consumer, subscription } = this;
    const { CRASH, STOP, HEARTBEAT, FETCH, GROUP_JOIN } = consumer.events;
    consumer.on(CRASH, ({ payload }) => this.fail(payload.error));
    consumer.on(STOP, () => this.stopped());
    for (const event of [HEARTBEAT, FETCH, GROUP_JOIN] as const) consumer.on(event as never, () => this.alive());
    await consumer.connect();
    await consumer.subscribe({ topics: [...subscription.topics], fromBeginning: subscription.startAt !== 'latest' });
    this.alive();
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 16,
      eachBatch: (payload) => this.track(this.eachBatch(payload)),
    });
  }

  /** Lets running handlers finish within the grace period, then aborts them; their slices commit what is done. */
  async drain(): Promise<void> {
    this.draining = true;
    await within(this.options.graceMs, Promise.all(this.slices)).catch(() => {});
    await this.close();
  }

  async close(): Promise<void> {
    this.draining = true;
    clearTimeout(this.watchdog);
    this.handBack.abort();
    // Without a limit: a record must not be handled here and by the next session at once.
    await Promise.allSettled(this.slices);
    const disconnected = this.consumer.disconnect();
    this.release();
    await within(5_000, disconnected).catch(() => {});
  }

  /** A client that crashes stops first and tells the reason after it has disconnected, which can hang. */
  private stopped(): void {
    setTimeout(() => this.fail(new Error('the client stopped')), 1_000).unref();
  }

  private alive(): void {
    clearTimeout(this.watchdog);
    const hung = () => this.fail(new Error(`no sign of life for ${this.options.silenceMs} ms`));
    if (!this.handBack.signal.aborted) this.watchdog = setTimeout(hung, this.options.silenceMs).unref();
  }

  private track(slice: Promise<void>): Promise<void> {
    this.slices.add(slice);
    const forget = () => this.slices.delete(slice);
    slice.then(forget, forget);
    // After the last slice, keep the fetch loop waiting until the client is told to stop: it would spin otherwise.
    return slice.then(() => (this.draining ? this.idle : undefined));
  }

  private async eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch, resolveOffset, heartbeat, commitOffsetsIfNecessary, isRunning, isStale } = payload;
    const { topic, partition } = batch;
    if (this.draining) return;
    const control: SliceControl = {
      signal: this.handBack.signal,
      draining: () => this.draining || !isRunning() || isStale(),
      heartbeat,
      commit: (offset) => commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] }),
    };
    const records = batch.messages.map((message) => toRecord(topic, partition, message));
    const last = await processSlice({ topic, partition, records }, this.subscription, control, this.options);
    if (last !== undefined) resolveOffset(last);
  }
}

export function toRecord(topic: string, partition: number, message: KafkaMessage): BrokerRecord {
  const headers: Record<string, Buffer> = {};
  for (const [name, value] of Object.entries(message.headers ?? {})) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) headers[name] = Buffer.from(last);
  }
  const { offset, key, value } = message;
  return { topic, partition, offset, key, value, headers, timestamp: Number(message.timestamp) };
}
