import type { IdGenerator, Logger } from '@perennial/messaging';
import { type LeaseStore, whileHeld } from '@perennial/messaging-mongo';
import { PollLoop } from '@perennial/service';
import type { Channel } from '../application/channel';
import type { DeliverNotifications } from '../application/deliver.notifications';

export interface DeliveryWorkerOptions {
  leases: LeaseStore;
  logger: Logger;
  newId: IdGenerator;
  pollMs: number;
  /** Of the lease on a channel; longer than one try may take. */
  leaseMs: number;
  random(): number;
}

/** One loop per channel, so that a slow sink holds up no other; one owner per channel over all replicas. */
export class DeliveryWorker {
  private readonly loops: PollLoop[];

  constructor(
    deliver: DeliverNotifications,
    private readonly channels: readonly Channel[],
    { leases, logger, newId, pollMs, leaseMs, random }: DeliveryWorkerOptions,
  ) {
    const owner = newId();
    this.loops = channels.map((channel) => {
      const terms = { name: `delivery/${channel.name}`, owner, ttlMs: leaseMs };
      const polling = { name: terms.name, everyMs: pollMs, logger, random };
      return new PollLoop(polling, async (signal) => {
        // The lease is a write: it is not taken while there is nothing to do.
        if (!(await deliver.hasDue(channel))) return;
        await whileHeld(leases, terms, signal, async (held) => void (await deliver.due(channel, held)));
      });
    });
  }

  onApplicationBootstrap(): void {
    for (const loop of this.loops) loop.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
    for (const channel of this.channels) channel.close?.();
  }
}
