import { silentLogger } from '@perennial/messaging';
import { createClient, type KafkaConfig } from '@perennial/messaging-kafka';
import type { Admin, Kafka } from 'kafkajs';
import type { PlatformUnderTest } from '../../platform/platform.under.test';

const limitMs = 90_000;
const pauseMs = 50;
const joinLimitMs = 15_000;

/**
 * Sets the group back to the beginning of its topics, as an operator does: the service is stopped, so that the group
 * has no member, and its supervisor starts it again. @throws Error when the group was never found empty
 */
export async function resetOffsets(
  platform: PlatformUnderTest,
  kafka: KafkaConfig,
  service: string,
  group: string,
): Promise<string[]> {
  const client = createClient(kafka, silentLogger);
  const admin = client.admin();
  await admin.connect();
  try {
    const topics = (await admin.fetchOffsets({ groupId: group })).map(({ topic }) => topic);
    const deadline = performance.now() + limitMs;
    while (performance.now() < deadline) {
      const pid = (await platform.services()).find((each) => each.service === service)?.pid;
      if (pid) process.kill(pid, 'SIGTERM');
      const empty = await untilEmpty(() => admin.describeGroups([group]), 15_000);
      if (empty && (await commitBeginnings(client, admin, group, topics))) return topics;
    }
    throw new Error(`${group} was never without members, so its offsets could not be reset`);
  } finally {
    await admin.disconnect();
  }
}

async function untilEmpty(
  describe: () => Promise<{ groups: { state: string }[] }>,
  withinMs: number,
): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline) {
    if ((await describe()).groups.every(({ state }) => state === 'Empty')) return true;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return false;
}

/**
 * As the group's only member for a moment; false when the service came first: the broker refuses who assigns partitions in
 * another way than the members that are there. kafkajs's own reset would wait for ever then.
 */
async function commitBeginnings(
  client: Kafka,
  admin: Admin,
  groupId: string,
  topics: readonly string[],
): Promise<boolean> {
  const retry = { retries: 0, restartOnFailure: async () => false };
  const consumer = client.consumer({ groupId, maxWaitTimeInMs: pauseMs, retry });
  let timer: NodeJS.Timeout | undefined;
  const joined = new Promise<boolean>((resolve) => {
    consumer.on(consumer.events.GROUP_JOIN, () => resolve(true));
    consumer.on(consumer.events.CRASH, () => resolve(false));
    timer = setTimeout(() => resolve(false), joinLimitMs);
  });
  try {
    const beginnings = await Promise.all(
      topics.map(async (topic) =>
        (await admin.fetchTopicOffsets(topic)).map(({ partition, low }) => ({ topic, partition, offset: low })),
      ),
    );
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics] });
    await consumer.run({ autoCommit: false, eachMessage: async () => undefined });
    if (!(await joined)) return false;
    await consumer.commitOffsets(beginnings.flat());
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    await consumer.disconnect();
  }
}
