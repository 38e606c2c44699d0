import { randomUUID } from 'node:crypto';
import { topics } from '@perennial/contracts';
import { type BrokerRecord, type RunningConsumer, silentLogger } from '@perennial/messaging';
import { type KafkaConfig, KafkaConsumer, KafkaPublisher } from '@perennial/messaging-kafka';
import { belongsTo } from '../evidence/history.event';
import { readable } from './history';

type Copy = Pick<BrokerRecord, 'topic' | 'key' | 'value' | 'headers'>;

/** Publishes each message of a pipeline again, with its key, headers and value: as soon as it is read, and later. */
export class Redelivery {
  /** Of every message, in the order in which they were read. */
  private readonly copies = new Map<string, Copy>();
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

  /** All that was seen so far once more, long after it was dealt with. */
  async repeatAll(): Promise<void> {
    for (const copy of this.copies.values()) await this.publisher.publish([copy]);
  }

  async stop(): Promise<void> {
    await this.consumer?.stop();
    await this.publisher.close();
  }

  private async repeat(record: BrokerRecord): Promise<void> {
    const envelope = readable(record);
    if (!envelope) return;
    const { source, id, data } = envelope;
    const mark = `${source} ${id}`;
    if (!belongsTo(data, this.pipeline) || this.copies.has(mark)) return;
    const { topic, key, value, headers } = record;
    const copy = { topic, key, value, headers };
    await this.publisher.publish([copy]);
    this.copies.set(mark, copy);
  }
}
