import { KafkaJSNumberOfRetriesExceeded, type Message, type ProducerBatch } from 'kafkajs';
import type { OutgoingRecord } from '@perennial/messaging';
import type { BrokerLink } from './broker.link';
import { partitionOf } from './key.partition';
import type { TopicPartition } from './group.coordinator';

const RETRIES = 3;
const RETRY_MS = 200;

/**
 * kafkajs's idempotent producer: each partition's request is repeated under its sequence number until acknowledged, a
 * few times. A new producer has a new identity, so what the last one sent unacknowledged may then be sent twice.
 */
export class SimulatedProducer {
  private id = '';
  private readonly sequences = new Map<string, number>();

  constructor(private readonly link: BrokerLink) {}

  async connect(): Promise<void> {
    const { scheduler, owner } = this.link;
    this.id = `${owner.name}/${Math.floor(scheduler.random() * 2 ** 48).toString(36)}`;
    await this.link.request('init producer', () => {});
  }

  async disconnect(): Promise<void> {}

  async sendBatch({ topicMessages = [] }: ProducerBatch): Promise<void> {
    const requests = topicMessages.flatMap(({ topic, messages }) => this.byPartition(topic, messages));
    await Promise.all(requests.map(({ at, records }) => this.send(at, records)));
  }

  private byPartition(topic: string, messages: readonly Message[]) {
    const count = this.link.broker.partitions(topic).length;
    const found = new Map<number, OutgoingRecord[]>();
    for (const { key = null, value, headers = {} } of messages) {
      const partition = partitionOf(key, count, () => this.link.scheduler.random());
      const records = found.get(partition) ?? [];
      records.push({ topic, key, value, headers: headers as OutgoingRecord['headers'] });
      found.set(partition, records);
    }
    return [...found].map(([partition, records]) => ({ at: { topic, partition }, records }));
  }

  private async send(at: TopicPartition, records: readonly OutgoingRecord[]): Promise<void> {
    const lane = `${at.topic}/${at.partition}`;
    const sequence = (this.sequences.get(lane) ?? -1) + 1;
    this.sequences.set(lane, sequence);
    const producer = { id: this.id, sequence };
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.link.request(`append ${lane}`, (broker) => broker.append(at, records, producer));
      } catch (error) {
        if (attempt >= RETRIES) {
          throw new KafkaJSNumberOfRetriesExceeded(error as Error, { retryCount: attempt, retryTime: RETRY_MS });
        }
        await this.link.pause(RETRY_MS * 2 ** attempt);
      }
    }
  }
}
