import { type Clock, isRetryable, type Logger, type Publisher, type Sleep, backoffDelay } from '@perennial/messaging';
import type { Connection } from 'mongoose';
import { collectionNames } from './collection.names';
import type { Lease, LeaseStore } from './lease.store';
import { type OutboxDocument, planPublication } from './outbox.document';
import { sweepIdleLanes } from './outbox.sweep';

export interface OutboxRelayOptions {
  connection: Connection;
  service: string;
  publisher: Publisher;
  leases: LeaseStore;
  /** Unique per replica. */
  owner: string;
  clock: Clock;
  logger: Logger;
  sleep: Sleep;
  random(): number;
  /** How long to wait for a nudge before looking by itself. */
  pollMs?: number;
  leaseMs?: number;
  batchSize?: number;
}

const leaseName = 'outbox-relay';
const SWEEP_EVERY_MS = 60 * 60 * 1000;

/** Publishes what is waiting, in order per key, and marks it after the broker's acknowledgement. */
export class OutboxRelay {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private wake: () => void = () => {};
  private nudged = false;
  private sweepAt = 0;

  constructor(private readonly options: OutboxRelayOptions) {}

  start(): void {
    this.running ??= this.loop();
  }

  /** Called after a commit: publish now instead of at the next poll. */
  nudge(): void {
    this.nudged = true;
    this.wake();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.running;
  }

  private async loop(): Promise<void> {
    const { leases, owner, logger, sleep, random, leaseMs = 10_000 } = this.options;
    const { signal } = this.stopping;
    let lease: Lease | null = null;
    let failures = 0;
    while (!signal.aborted) {
      try {
        this.nudged = false;
        lease = await leases.acquire(leaseName, owner, leaseMs);
        while (lease && !signal.aborted && (await this.publishWaiting()) > 0) {
          lease = await leases.renew(lease, leaseMs);
        }
        if (lease) await this.sweep();
        failures = 0;
        await this.pause();
      } catch (error) {
        failures++;
        const delayMs = backoffDelay(failures, { initialMs: 100, maximumMs: 5_000 }, random());
        logger.warn({ err: error, retryable: isRetryable(error), delayMs }, 'Outbox relay failed, trying again');
        await sleep(delayMs, signal).catch(() => {});
      }
    }
    if (lease) await leases.release(lease).catch(() => {});
  }

  /** One batch; the number of entries that were published or found published. */
  async publishWaiting(): Promise<number> {
    const { connection, service, publisher, clock, batchSize = 500 } = this.options;
    const names = collectionNames(service);
    const outbox = connection.collection<OutboxDocument>(names.outbox);
    const positions = connection.collection<{ _id: string; published: number }>(names.positions);
    // By sequence, so that a batch holds no entry of a lane without those before it.
    const pending = await outbox
      .find({ publishedAt: null } as object)
      .sort({ sequence: 1, _id: 1 })
      .limit(batchSize)
      .toArray();
    if (pending.length === 0) return 0;
    const lanes = [...new Set(pending.map(({ lane }) => lane))];
    const known = await positions.find({ _id: { $in: lanes } }).toArray();
    const plan = planPublication(pending, new Map(known.map(({ _id, published }) => [_id, published])));
    const writeConcern = { w: 'majority' as const, j: true };
    if (plan.publish.length > 0) {
      await publisher.publish(plan.publish.map(({ topic, key, value, headers }) => ({ topic, key, value, headers })));
      // The position first: an entry that is not marked yet is then recognised as published.
      const reached = new Map(plan.publish.map(({ lane, sequence }) => [lane, sequence]));
      const updates = [...reached].map(([_id, published]) => ({
        updateOne: { filter: { _id }, update: { $max: { published } }, upsert: true },
      }));
      await positions.bulkWrite(updates, { writeConcern });
    }
    const finished = [...plan.alreadyPublished, ...plan.publish] as (OutboxDocument & { _id: unknown })[];
    const ids = { $in: finished.map(({ _id }) => _id) } as object;
    await outbox.updateMany({ _id: ids }, { $set: { publishedAt: clock.now() } }, { writeConcern });
    return finished.length;
  }

  /** When the relay starts and once an hour; by the holder of the lease, between publications. */
  private async sweep(): Promise<void> {
    const { connection, service, clock, logger } = this.options;
    const now = clock.now().getTime();
    if (now < this.sweepAt) return;
    this.sweepAt = now + SWEEP_EVERY_MS;
    const lanes = await sweepIdleLanes(connection, service, clock);
    if (lanes > 0) logger.info({ lanes }, 'counters of idle outbox lanes removed');
  }

  private async pause(): Promise<void> {
    if (this.nudged || this.stopping.signal.aborted) return;
    const { pollMs = 1_000 } = this.options;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pollMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = () => {};
  }
}
