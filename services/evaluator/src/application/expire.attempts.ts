import { codeOf, type Clock, type Logger, type Transactor } from '@perennial/messaging';
import type { AdvanceCycles } from './advance.cycles';
import type { CycleStore } from './cycle.stores';

const AT_ONCE = 100;

/**
 * Ends the attempts whose run has not answered by the deadline: the cycle goes on without it. One that cannot be ended
 * holds up no other.
 */
export class ExpireAttempts {
  constructor(
    private readonly cycles: AdvanceCycles,
    private readonly stored: Pick<CycleStore, 'overdue' | 'find'>,
    private readonly transactor: Transactor,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (const cycleId of await this.stored.overdue(this.clock.now().getTime(), AT_ONCE)) {
      await this.expire(cycleId).catch((error: unknown) => {
        // Its result came in the same moment; the next look sees what became of it.
        if (codeOf(error) !== 'CONFLICT') failures.push(error);
      });
    }
    if (failures.length > 0) throw failures[0];
  }

  private async expire(cycleId: string): Promise<void> {
    const found = await this.stored.find(cycleId);
    if (!found) return;
    const { correlationId, causationId } = found;
    const emitted = await this.transactor.transact(
      (transaction) => {
        const step = { transaction, now: this.clock.now(), correlationId, causationId };
        return this.cycles.tell(cycleId, { type: 'time-passed' }, step);
      },
      { correlationId, causationId: causationId ?? undefined },
    );
    if (emitted.length > 0) this.logger.warn({ cycleId }, 'an attempt gave no result in time and counts as failed');
  }
}
