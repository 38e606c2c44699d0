import type { OutgoingEvent } from './emit';
import type { Transaction, UnitOfWork } from './ports';
import { type Origin, type Stamp, stampEvents } from './stamp';

/** State and outgoing events in one transaction where no event is handled: an HTTP command, a finished run. */
export class Transactor {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly stamp: Stamp,
  ) {}

  /** `work` may run several times; nothing it does outside the transaction is undone. */
  async transact(
    work: (transaction: Transaction) => Promise<readonly OutgoingEvent[]>,
    origin: Origin = {},
  ): Promise<readonly OutgoingEvent[]> {
    let emitted: readonly OutgoingEvent[] = [];
    await this.unitOfWork.execute(null, async (transaction) => {
      emitted = await work(transaction);
      return stampEvents(emitted, origin, this.stamp);
    });
    return emitted;
  }
}
