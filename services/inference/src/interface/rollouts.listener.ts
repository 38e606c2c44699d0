import { trafficChangedV1, topics } from '@perennial/contracts';
import {
  type BrokerRecord,
  codeOf,
  type Consumer,
  decodeEnvelope,
  isVersionOf,
  type Logger,
  type RunningConsumer,
  validateData,
} from '@perennial/messaging';
import { deployableOf } from '../application/deployable';
import type { ModelSlots } from '../application/model.slots';
import type { Artifacts } from '../application/ports';

/**
 * Hears of every change of traffic in a group of this replica's own, from now on. No inbox: a repeated event has no higher
 * sequence. What is missed while the group is not there yet, the desired state brings.
 */
export class RolloutsListener {
  private running: RunningConsumer | undefined;

  constructor(
    private readonly consumer: Consumer,
    private readonly slots: ModelSlots,
    private readonly artifacts: Artifacts,
    private readonly logger: Logger,
    private readonly group: string,
  ) {}

  async start(): Promise<void> {
    this.running = await this.consumer.run({
      group: this.group,
      topics: [topics.rollouts.name],
      startAt: 'latest',
      onRecord: async (record) => this.hear(record),
    });
  }

  async stop(): Promise<void> {
    await this.running?.stop();
  }

  private hear(record: BrokerRecord): void {
    try {
      const event = decodeEnvelope(record);
      if (!isVersionOf(event.type, trafficChangedV1)) return;
      const { data } = validateData(event, trafficChangedV1);
      const { traceparent, tracestate } = event;
      const deployable = deployableOf(data, this.artifacts);
      const { cycleId } = data;
      this.slots.get(data.pipeline)?.offer({ ...deployable, cycleId, trace: { traceparent, tracestate } });
    } catch (err) {
      this.logger.warn({ err, code: codeOf(err), offset: record.offset }, 'A change of traffic cannot be read');
    }
  }
}
