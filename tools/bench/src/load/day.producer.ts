import { randomUUID } from 'node:crypto';
import { dayManifestV1, recordsPushedV1, topics } from '@perennial/contracts';
import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import { type FlipDay, flipRecords } from './flip.day';

const PER_MESSAGE = 250;

/** An outside producer of days; one connection for all of them. */
export class DayProducer {
  private constructor(private readonly producer: Producer) {}

  static async connect(broker: string): Promise<DayProducer> {
    const kafka = new Kafka({ brokers: [broker], clientId: 'load-producer', logLevel: logLevel.ERROR });
    const producer = kafka.producer({ idempotent: true, createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    return new DayProducer(producer);
  }

  /** Resolves when the broker has all of them. */
  async push(dataset: string, day: FlipDay): Promise<void> {
    const records = [...flipRecords(day)];
    const messages = [];
    for (let start = 0; start < records.length; start += PER_MESSAGE) {
      const data = { dataset, day: day.day, records: records.slice(start, start + PER_MESSAGE) };
      messages.push(message(recordsPushedV1, data, `${dataset}/${day.day}/${start}`));
    }
    await this.producer.send({ topic: topics.records.name, acks: -1, messages });
  }

  /** Closes the day; the time at which the broker had it, in milliseconds since 1970. */
  async close(dataset: string, { day, rows }: FlipDay): Promise<number> {
    const messages = [message(dayManifestV1, { dataset, day, rows }, dataset)];
    await this.producer.send({ topic: topics.records.name, acks: -1, messages });
    return Date.now();
  }

  stop(): Promise<void> {
    return this.producer.disconnect();
  }
}

const message = ({ type }: { type: string }, data: object, key: string) => ({
  key,
  value: JSON.stringify(data),
  headers: {
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: randomUUID(),
    ce_source: '/load/producer',
    ce_type: type,
  },
});
