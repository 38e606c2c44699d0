import { trialCompletedV1, trialFailedV1, trialRequestedV1 } from '@perennial/contracts';
import {
  codeOf,
  type Handler,
  type OutboxEntry,
  silentLogger,
  type Stamp,
  stampEvents,
  type UnitOfWork,
} from '@perennial/messaging';
import type { InMemoryUnitOfWork } from '@perennial/messaging/testing';
import type { AdvanceSearch } from '../application/advance.search';
import type { QueueTrial } from '../application/queue.trial';

/** Brings events of trials from the outbox to their handlers, one after another, each `times` times. */
export class TrialDelivery implements UnitOfWork {
  times = 1;
  private next = 0;
  private delivering: Promise<void> | undefined;

  constructor(
    private readonly unitOfWork: InMemoryUnitOfWork,
    private readonly stamp: Stamp,
    private readonly handlers: () => { queue: QueueTrial; search: AdvanceSearch },
  ) {}

  async execute(...parameters: Parameters<UnitOfWork['execute']>): ReturnType<UnitOfWork['execute']> {
    const outcome = await this.unitOfWork.execute(...parameters);
    this.delivering ??= this.deliver().finally(() => (this.delivering = undefined));
    return outcome;
  }

  private async deliver(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    for (; this.next < this.unitOfWork.outbox.length; this.next++) {
      for (let time = 0; time < this.times; time++) await this.handle(this.unitOfWork.outbox[this.next] as OutboxEntry);
    }
  }

  private async handle(entry: OutboxEntry): Promise<void> {
    const { queue, search } = this.handlers();
    const byType: Record<string, Handler> = {
      [trialRequestedV1.type]: (event, context) => queue.run(event as never, context),
      [trialCompletedV1.type]: (event, context) => search.completed(event as never, context),
      [trialFailedV1.type]: (event, context) => search.failed(event as never, context),
    };
    const handler = byType[entry.headers['ce_type'] ?? ''];
    if (!handler) return;
    const { now } = this.stamp.clock;
    const event = { id: entry.id, correlationid: entry.headers['ce_correlationid'], data: JSON.parse(entry.value) };
    const once = () =>
      this.unitOfWork.execute(null, async (transaction) => {
        const emitted = await handler(event as never, { transaction, now, logger: silentLogger } as never);
        return stampEvents(emitted, { causationId: entry.id }, this.stamp);
      });
    // Another transaction may come between; the handler is tried again.
    for (;;) {
      try {
        return void (await once());
      } catch (error) {
        if (codeOf(error) !== 'CONFLICT') throw error;
      }
    }
  }
}
