import { randomUUID } from 'node:crypto';
import { topics } from '@perennial/contracts';
import { type BrokerRecord, decodeEnvelope, type RunningConsumer, silentLogger } from '@perennial/messaging';
import { type KafkaConfig, KafkaConsumer, KafkaPublisher } from '@perennial/messaging-kafka';
import { belongsTo } from '../evidence/history.event';

/** Publishes each message of a pipeline twice more as soon as it is read, with its key, headers and value. */
export class Redelivery {
  private readonly seen = new Set<string>();
  private readonly publisher: KafkaPublisher;
  private consumer: RunningConsumer | undefined;

  private constructor(
    config: KafkaConfig,
    private readonly pipeline: string,
  ) {
    this.publisher = new KafkaPublisher(config, silentLogger);
  }

  static async start(config: KafkaConfig, pipeline: string): Promise<Redelivery> {
    const redelivery = new Redelivery(config, pipeline);
    redelivery.consumer = await new KafkaConsumer(config, silentLogger).run({
      group: `redelivery-${randomUUID()}`,
      topics: Object.values(topics).map(({ name }) => name),
      onRecord: (record) => redelivery.repeat(record),
    });
    return redelivery;
  }

  async stop(): Promise<void> {
    await this.consumer?.stop();
    await this.publisher.close();
  }

  private async repeat(record: BrokerRecord): Promise<void> {
    const { source, id, data } = decodeEnvelope(record);
    const mark = `${source} ${id}`;
    if (!belongsTo(data, this.pipeline) || this.seen.has(mark)) return;
    const { topic, key, value, headers } = record;
    const copy = { topic, key, value, headers };
    await this.publisher.publish([copy, copy]);
    this.seen.add(mark);
  }
}
