import { serviceNames } from '@perennial/contracts';
import { type Admin, AssignerProtocol, type GroupDescription } from 'kafkajs';
import {
  consumerLag,
  createClient,
  type KafkaConfig,
  type PartitionLag,
  toMessagingError,
} from '@perennial/messaging-kafka';
import { quiet } from './broker.access';

export interface GroupLag {
  group: string;
  topic: string;
  /** Records not yet handled, over all partitions. */
  lag: number;
}

/** Groups are called SERVICE, or SERVICE.TOPIC, with the suffix of the installation after the service's name. */
export function isPlatformGroup(group: string, suffix: string): boolean {
  return serviceNames.some((name) => group === name + suffix || group.startsWith(`${name}${suffix}.`));
}

function assignedTopics({ members }: GroupDescription): string[] {
  return members.flatMap(({ memberAssignment }) => {
    const decoded = memberAssignment.length > 0 ? AssignerProtocol.MemberAssignment.decode(memberAssignment) : null;
    return Object.keys(decoded?.assignment ?? {});
  });
}

async function topicsOf(admin: Admin, group: GroupDescription): Promise<string[]> {
  const committed = await admin.fetchOffsets({ groupId: group.groupId });
  return [...new Set([...assignedTopics(group), ...committed.map(({ topic }) => topic)])].sort();
}

export function sumByTopic(lags: readonly PartitionLag[]): GroupLag[] {
  const sums = new Map<string, GroupLag>();
  for (const { group, topic, lag } of lags) {
    const key = `${group} ${topic}`;
    const sum = sums.get(key) ?? { group, topic, lag: 0 };
    sum.lag += lag;
    sums.set(key, sum);
  }
  return [...sums.values()].sort((a, b) => a.group.localeCompare(b.group) || a.topic.localeCompare(b.topic));
}

/** Lag of every consumer group of the platform on this broker. @throws MessagingError BROKER_UNAVAILABLE */
export async function platformLag(config: KafkaConfig, suffix: string): Promise<GroupLag[]> {
  const admin = createClient(config, quiet).admin();
  try {
    await admin.connect();
    const { groups } = await admin.listGroups();
    const ours = groups.map(({ groupId }) => groupId).filter((group) => isPlatformGroup(group, suffix));
    if (ours.length === 0) return [];
    const described = (await admin.describeGroups(ours)).groups;
    const wanted = await Promise.all(
      described.map(async (group) => ({ group: group.groupId, topics: await topicsOf(admin, group) })),
    );
    return sumByTopic(await consumerLag(config, wanted, quiet));
  } catch (error) {
    throw toMessagingError(error, 'read consumer groups');
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
