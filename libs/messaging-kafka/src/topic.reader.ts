import { randomUUID } from 'node:crypto';
import type { BrokerRecord, Logger } from '@perennial/messaging';
import type { Admin, EachMessagePayload } from 'kafkajs';
import { createClient } from './client.factory';
import { explainFailure } from './connection.diagnosis';
import { toRecord } from './consumer.session';
import type { KafkaConfig } from './kafka.config';
import { within } from './time.limit';

/** Everything the topics hold now, in no order between partitions. Leaves no consumer group behind. */
export async function readTopics(config: KafkaConfig, topics: string[], logger: Logger): Promise<BrokerRecord[]> {
  const client = createClient(config, logger);
  const admin = client.admin();
  const groupId = `perennial-reader-${randomUUID()}`;
  const consumer = client.consumer({ groupId, allowAutoTopicCreation: false, maxWaitTimeInMs: 200 });
  const records: BrokerRecord[] = [];
  try {
    await admin.connect();
    const open = await openPartitions(admin, topics);
    if (open.size === 0) return [];
    const needed = [...new Set([...open.keys()].map((name) => name.slice(0, name.lastIndexOf('/'))))];
    await consumer.connect();
    await consumer.subscribe({ topics: needed, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      const eachMessage = async ({ topic, partition, message }: EachMessagePayload) => {
        records.push(toRecord(topic, partition, message));
        const name = `${topic}/${partition}`;
        if (BigInt(message.offset) + 1n >= (open.get(name) ?? 0n)) open.delete(name);
        if (open.size === 0) resolve();
      };
      consumer.run({ autoCommit: false, eachMessage }).catch(reject);
    });
    return records;
  } catch (error) {
    throw await explainFailure(error, `read ${topics.join(', ')}`, config, logger);
  } finally {
    await within(5_000, consumer.disconnect()).catch(() => {});
    await within(5_000, admin.deleteGroups([groupId])).catch(() => {});
    await within(5_000, admin.disconnect()).catch(() => {});
  }
}

/** End offset of every partition that is not empty. */
async function openPartitions(admin: Admin, topics: string[]): Promise<Map<string, bigint>> {
  const existing = new Set(await admin.listTopics());
  const open = new Map<string, bigint>();
  for (const topic of topics.filter((name) => existing.has(name))) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      if (BigInt(high) > BigInt(low)) open.set(`${topic}/${partition}`, BigInt(high));
    }
  }
  return open;
}
