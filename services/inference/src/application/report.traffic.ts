import { trafficObservedV1 } from '@perennial/contracts';
import { codeOf, emit, type Logger, type Publisher, type Stamp, stampEvents } from '@perennial/messaging';
import type { ModelSlot } from './model.slot';
import type { ModelSlots } from './model.slots';
import type { LabelStore } from './ports';
import type { TrafficTable } from './traffic.table';

export interface ReportTrafficOptions {
  replicaId: string;
  intervalMs: number;
}

/** Says what each arm has answered while there are several. A report stands for all before it, so none may be missed. */
export class ReportTraffic {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> | undefined;

  constructor(
    private readonly slots: ModelSlots,
    private readonly labels: Pick<LabelStore, 'counted'>,
    private readonly publisher: Publisher,
    private readonly stamp: Stamp,
    private readonly logger: Logger,
    private readonly options: ReportTrafficOptions,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.report(), this.options.intervalMs);
    this.timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.report();
  }

  /** Never rejects; while the broker or the database is away, rounds are left out. */
  report(): Promise<void> {
    this.round ??= this.publish().finally(() => (this.round = undefined));
    return this.round;
  }

  private async publish(): Promise<void> {
    for (const slot of this.slots.all()) {
      const table = slot.traffic();
      if (!table?.isExperiment) continue;
      try {
        const observed = await this.observed(slot, table);
        await this.publisher.publish(stampEvents([emit(trafficObservedV1, observed)], {}, this.stamp));
      } catch (err) {
        const fields = { err, code: codeOf(err), pipeline: slot.pipeline };
        this.logger.warn(fields, 'What the arms answered could not be reported; it is with the next report');
      }
    }
  }

  private async observed({ pipeline }: ModelSlot, { target, arms, shadows, since }: TrafficTable) {
    const { rolloutId, sequence, experimentId } = target;
    const names = arms.map(({ arm }) => arm);
    const labels = await this.labels.counted(pipeline, experimentId, names);
    return {
      ...{ replicaId: this.options.replicaId, pipeline, rolloutId, sequence, experimentId },
      since: new Date(since).toISOString(),
      at: this.stamp.clock.now().toISOString(),
      arms: arms.flatMap(({ arm, target: { version }, counts }) =>
        counts ? [{ name: arm, version, ...counts.report() }] : [],
      ),
      shadows: shadows.map(({ version, counts }) => ({ version, ...counts.report() })),
      labels,
    };
  }
}
