import { retryTopic, type TopicContract } from '@perennial/contracts';
import { silentLogger } from '@perennial/messaging';
import { createClient, type KafkaConfig } from '@perennial/messaging-kafka';
import { eventually } from './eventually';

/**
 * Has a new consumer group start at the present end of the topics: what earlier tests left there is not read. A group with
 * members, be they dead, is not new: it goes on where it was, and would let nobody in but its own installation.
 */
export async function skipHistory(config: KafkaConfig, group: string, names: readonly string[]): Promise<void> {
  const client = createClient(config, silentLogger);
  const admin = client.admin();
  const consumer = client.consumer({ groupId: group, maxWaitTimeInMs: 50 });
  try {
    await Promise.all([admin.connect(), consumer.connect()]);
    const { groups } = await admin.describeGroups([group]);
    if (groups.some(({ members }) => members.length > 0)) return;
    const ends = await Promise.all(
      // A topic that was just created has no leader for a moment.
      names.map((topic) =>
        eventually(async () => (await admin.fetchTopicOffsets(topic)).map((end) => ({ topic, ...end })), 15_000),
      ),
    );
    await consumer.subscribe({ topics: [...names] });
    const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
    await consumer.run({ autoCommit: false, eachMessage: async () => undefined });
    await joined;
    await consumer.commitOffsets(ends.flat().map(({ topic, partition, high }) => ({ topic, partition, offset: high })));
  } finally {
    await Promise.all([consumer.disconnect(), admin.disconnect()]);
  }
}

export const withRetryTopics = (topics: readonly TopicContract[]): string[] =>
  topics.flatMap(({ name }) => [name, retryTopic(name)]);
