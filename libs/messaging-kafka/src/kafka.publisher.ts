import { type Message, Partitioners, type Producer } from 'kafkajs';
import type { Logger, OutgoingRecord, Publisher } from '@perennial/messaging';
import { toMessagingError } from './broker.errors';
import { type KafkaDriver, kafkajsDriver } from './client.factory';
import type { KafkaConfig } from './kafka.config';
import { within } from './time.limit';

/** Idempotent, acks all, one request in flight: what is acknowledged is kept, in the order given. */
export class KafkaPublisher implements Publisher {
  private producer: Producer | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly config: KafkaConfig,
    private readonly logger: Logger,
    private readonly driver: KafkaDriver = kafkajsDriver,
  ) {}

  /** Calls are sent one after another, so records of one key keep the order of the calls. */
  publish(records: readonly OutgoingRecord[]): Promise<void> {
    const sent = this.last.then(() => this.send(records));
    this.last = sent.catch(() => {});
    return sent;
  }

  async close(): Promise<void> {
    await this.last;
    await this.discard();
  }

  private async send(records: readonly OutgoingRecord[]): Promise<void> {
    if (records.length === 0) return;
    try {
      const producer = await this.connected();
      await producer.sendBatch({ acks: -1, topicMessages: byTopic(records) });
    } catch (error) {
      // After a failure the sequence numbers of an idempotent producer are in doubt: a new producer starts anew.
      await this.discard();
      throw toMessagingError(error, `publish to ${[...new Set(records.map(({ topic }) => topic))].join(', ')}`);
    }
  }

  private async connected(): Promise<Producer> {
    if (this.producer) return this.producer;
    const producer = this.driver.createClient(this.config, this.logger).producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      // The same partition for a key as the Java clients choose.
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 },
    });
    this.producer = producer;
    await producer.connect();
    return producer;
  }

  private async discard(): Promise<void> {
    const producer = this.producer;
    this.producer = undefined;
    if (producer) await within(5_000, producer.disconnect()).catch(() => {});
  }
}

function byTopic(records: readonly OutgoingRecord[]): { topic: string; messages: Message[] }[] {
  const topics = new Map<string, Message[]>();
  for (const { topic, key, value, headers } of records) {
    const messages = topics.get(topic) ?? [];
    messages.push({ key, value, headers });
    topics.set(topic, messages);
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }));
}
