import { randomUUID } from 'node:crypto';
import type { BrokerRecord, Logger } from '@perennial/messaging';
import type { Admin, EachMessagePayload } from 'kafkajs';
import { createClient } from './client.factory';
import { explainFailure } from './connection.diagnosis';
import { toRecord } from './consumer.session';
import type { KafkaConfig } from './kafka.config';
import { within } from './time.limit';

/** What a partition held when it was read: offsets from `first` up to, but not including, `next`. */
export interface PartitionSpan {
  topic: string;
  partition: number;
  first: number;
  next: number;
}

/** Everything the topics hold now, in no order between partitions. Leaves no consumer group behind. */
export async function readTopics(config: KafkaConfig, topics: string[], logger: Logger): Promise<BrokerRecord[]> {
  const records: BrokerRecord[] = [];
  await scanTopics(config, topics, logger, (record) => void records.push(record));
  return records;
}

/**
 * Shows each record that the topics hold now to `take`, and keeps none; in order within a partition. Resolves with
 * the spans that were read, those of empty partitions included. Leaves no consumer group behind.
 */
export async function scanTopics(
  config: KafkaConfig,
  topics: string[],
  logger: Logger,
  take: (record: BrokerRecord) => void,
): Promise<PartitionSpan[]> {
  const client = createClient(config, logger);
  const admin = client.admin();
  const groupId = `perennial-reader-${randomUUID()}`;
  const consumer = client.consumer({ groupId, allowAutoTopicCreation: false, maxWaitTimeInMs: 200 });
  try {
    await admin.connect();
    const spans = await spansOf(admin, topics);
    const open = new Map(spans.filter(({ first, next }) => next > first).map((span) => [nameOf(span), span.next]));
    if (open.size === 0) return spans;
    await consumer.connect();
    const needed = [...new Set(spans.filter((span) => open.has(nameOf(span))).map(({ topic }) => topic))];
    await consumer.subscribe({ topics: needed, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      const eachMessage = async ({ topic, partition, message }: EachMessagePayload) => {
        const name = nameOf({ topic, partition });
        const next = open.get(name);
        if (next === undefined) return;
        if (Number(message.offset) < next) take(toRecord(topic, partition, message));
        if (Number(message.offset) + 1 >= next) open.delete(name);
        if (open.size === 0) resolve();
      };
      consumer.run({ autoCommit: false, partitionsConsumedConcurrently: 4, eachMessage }).catch(reject);
    });
    return spans;
  } catch (error) {
    throw await explainFailure(error, `read ${topics.join(', ')}`, config, logger);
  } finally {
    await within(5_000, consumer.disconnect()).catch(() => {});
    await within(5_000, admin.deleteGroups([groupId])).catch(() => {});
    await within(5_000, admin.disconnect()).catch(() => {});
  }
}

const nameOf = ({ topic, partition }: Pick<PartitionSpan, 'topic' | 'partition'>): string => `${topic}/${partition}`;

async function spansOf(admin: Admin, topics: readonly string[]): Promise<PartitionSpan[]> {
  const existing = new Set(await admin.listTopics());
  const spans: PartitionSpan[] = [];
  for (const topic of topics.filter((name) => existing.has(name))) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      spans.push({ topic, partition, first: Number(low), next: Number(high) });
    }
  }
  return spans;
}
