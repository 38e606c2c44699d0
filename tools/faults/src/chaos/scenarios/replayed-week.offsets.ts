import { silentLogger } from '@perennial/messaging';
import { createClient, type KafkaConfig } from '@perennial/messaging-kafka';
import type { PlatformUnderTest } from '../../platform/platform.under.test';

const limitMs = 90_000;
const pauseMs = 50;

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
  const admin = createClient(kafka, silentLogger).admin();
  await admin.connect();
  try {
    const topics = (await admin.fetchOffsets({ groupId: group })).map(({ topic }) => topic);
    const deadline = performance.now() + limitMs;
    while (performance.now() < deadline) {
      const pid = (await platform.services()).find((each) => each.service === service)?.pid;
      if (pid) process.kill(pid, 'SIGTERM');
      const empty = await untilEmpty(() => admin.describeGroups([group]), 15_000);
      if (empty && (await allReset(topics, (topic) => admin.resetOffsets({ groupId: group, topic, earliest: true })))) {
        return topics;
      }
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

/** False when a member joined meanwhile: the broker refuses then. */
async function allReset(topics: readonly string[], reset: (topic: string) => Promise<unknown>): Promise<boolean> {
  try {
    for (const topic of topics) await reset(topic);
    return true;
  } catch {
    return false;
  }
}
