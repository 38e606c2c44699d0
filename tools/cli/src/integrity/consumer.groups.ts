import { retryTopic, serviceNames } from '@perennial/contracts';
import type { ConsumerGroup } from '@perennial/integrity';
import { createClient, type KafkaConfig, toMessagingError } from '@perennial/messaging-kafka';
import { topicsHandledBy, typesHandledBy } from '@perennial/service';
import { quiet } from '../kafka/broker.access';
import { loadDefinition } from '../platform/service.definitions';

/** What each service's group handles, and how far it has come. @throws MessagingError BROKER_UNAVAILABLE */
export async function readGroups(config: KafkaConfig, suffix: string): Promise<ConsumerGroup[]> {
  const admin = createClient(config, quiet).admin();
  try {
    await admin.connect();
    const groups: ConsumerGroup[] = [];
    for (const service of serviceNames) {
      const { module } = await loadDefinition(service);
      const topics = topicsHandledBy(module).flatMap(({ name }) => [name, retryTopic(name)]);
      if (topics.length === 0) continue;
      const group = service + suffix;
      const fetched = await admin.fetchOffsets({ groupId: group, topics });
      const committed = fetched.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, offset }) => ({ topic, partition, offset: Math.max(0, Number(offset)) })),
      );
      groups.push({ group, service, handles: typesHandledBy(module), committed });
    }
    return groups;
  } catch (error) {
    throw toMessagingError(error, 'read consumer groups');
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
