import type { Clock, Logger, Transactor } from '@perennial/messaging';
import { expire } from '../domain/pipeline.lane';
import type { AdvanceCycles } from './advance.cycles';
import type { LaneStore } from './cycle.stores';

/** Starts days whose wait for a promoted model has lasted as long as declared. */
export class StartWaiting {
  constructor(
    private readonly cycles: AdvanceCycles,
    private readonly lanes: LaneStore,
    /** Names of the declared pipelines; days of others stay queued. */
    private readonly declared: { has(pipeline: string): boolean },
    private readonly transactor: Transactor,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async run(): Promise<void> {
    for (const pipeline of await this.lanes.startable(this.clock.now().getTime())) {
      if (!this.declared.has(pipeline)) continue;
      await this.transactor.transact(async (transaction) => {
        const now = this.clock.now();
        const step = { transaction, now, correlationId: `lane/${pipeline}`, causationId: null };
        return this.cycles.settle(pipeline, step, (lane) => {
          const after = expire(lane, now.getTime());
          if (after !== lane) this.logger.warn({ pipeline, awaiting: lane.awaiting }, 'no rollout came in time');
          return after;
        });
      });
    }
  }
}
