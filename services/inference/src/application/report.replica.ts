import { replicaReportedV2 } from '@perennial/contracts';
import { codeOf, emit, type Logger, type Publisher, type Stamp, stampEvents } from '@perennial/messaging';
import type { ReplicaStatus } from '../domain/replica.status';
import type { ModelSlot } from './model.slot';
import type { ModelSlots } from './model.slots';

export interface ReportReplicaOptions {
  replicaId: string;
  heartbeatSeconds: number;
}

/** Versions that rollouts brought; the deployer knows of no others. */
const rolledOut = (slots: ModelSlots): ModelSlot[] => slots.all().filter(({ follows }) => follows === 'deployer');

/** Says what this replica serves: at every change, and as a heartbeat. A lost report is made good by the next. */
export class ReportReplica {
  private timer: NodeJS.Timeout | undefined;
  private beating = false;
  private stopped = false;

  constructor(
    private readonly publisher: Publisher,
    private readonly stamp: Stamp,
    private readonly logger: Logger,
    private readonly options: ReportReplicaOptions,
  ) {}

  start(slots: ModelSlots): void {
    void this.beat(slots);
    this.timer = setInterval(() => void this.beat(slots), this.options.heartbeatSeconds * 1000);
  }

  async changed(slot: ModelSlot): Promise<void> {
    if (!this.stopped && slot.follows === 'deployer') await this.publish([[slot.pipeline, slot.status()]]);
  }

  /** Says that this replica is gone, so that no rollout waits for it. */
  async stop(slots: ModelSlots): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    const told = { version: null, rolloutId: null, trafficSequence: null, loaded: [], error: null };
    const gone: ReplicaStatus = { state: 'stopped', ...told };
    await this.publish(rolledOut(slots).map(({ pipeline }) => [pipeline, gone]));
  }

  /** While the broker is away, beats are left out: they would pile up and say nothing new. */
  private async beat(slots: ModelSlots): Promise<void> {
    if (this.beating) return;
    this.beating = true;
    await this.publish(rolledOut(slots).map((slot) => [slot.pipeline, slot.status()]));
    this.beating = false;
  }

  private async publish(statuses: readonly (readonly [string, ReplicaStatus])[]): Promise<void> {
    const at = this.stamp.clock.now().toISOString();
    try {
      const events = statuses.map(([pipeline, status]) =>
        emit(replicaReportedV2, { ...this.options, pipeline, ...status, at }),
      );
      await this.publisher.publish(stampEvents(events, {}, this.stamp));
    } catch (err) {
      this.logger.warn({ err, code: codeOf(err) }, 'This replica could not report; it does at the next heartbeat');
    }
  }
}
