import { type Logger, MessagingError } from '@perennial/messaging';
import { type PartitionAssigner, PartitionAssigners } from 'kafkajs';
import { createClient } from './client.factory';
import type { KafkaConfig } from './kafka.config';
import { within } from './time.limit';

const PREFIX = 'perennial:';

/**
 * Round robin under a name that says whose it is. All members of a consumer group must have a way of assigning in
 * common, so the broker lets no two installations into one group: they would take each other's records.
 */
export const assignerOf =
  (installation: string): PartitionAssigner =>
  (cluster) => ({ ...PartitionAssigners.roundRobin(cluster), name: `${PREFIX}${installation}` });

/**
 * Throws FOREIGN_INSTALLATION where members of another installation are in one of the groups. A broker that does not
 * tell is no reason to stop: it refuses the foreign member in any case.
 */
export async function requireOwnGroups(
  config: KafkaConfig,
  groups: readonly string[],
  installation: string,
  logger: Logger,
): Promise<void> {
  for (const [group, protocol] of await protocolsOf(config, groups, logger)) {
    if (protocol !== '' && protocol !== `${PREFIX}${installation}`) throw foreign(group, installation, protocol);
  }
}

/** Whose members are in the groups; a group without members, or with those of nobody, is not in it. */
export async function installationsIn(
  config: KafkaConfig,
  groups: readonly string[],
  logger: Logger,
): Promise<Map<string, string>> {
  const protocols = [...(await protocolsOf(config, groups, logger))];
  const ours = protocols.filter(([, protocol]) => protocol.startsWith(PREFIX));
  return new Map(ours.map(([group, protocol]) => [group, protocol.slice(PREFIX.length)]));
}

async function protocolsOf(
  config: KafkaConfig,
  groups: readonly string[],
  logger: Logger,
): Promise<Map<string, string>> {
  if (groups.length === 0) return new Map();
  const admin = createClient(config, logger).admin();
  try {
    await admin.connect();
    const described = await admin.describeGroups([...groups]);
    return new Map(described.groups.map(({ groupId, protocol }) => [groupId, protocol]));
  } catch (error) {
    logger.warn({ err: error, groups }, 'The broker does not tell who is in the consumer groups');
    return new Map();
  } finally {
    await within(5_000, admin.disconnect()).catch(() => {});
  }
}

function foreign(group: string, ours: string, protocol: string): MessagingError {
  const theirs = protocol.startsWith(PREFIX) ? protocol.slice(PREFIX.length) : `unknown (${protocol})`;
  const message =
    `Consumer group ${group} is used by the installation ${theirs}, and this is ${ours}: on one broker they would take ` +
    `each other's records. Stop one of them, or give this one another broker (KAFKA_BROKERS) or consumer groups of its ` +
    `own (GROUP_SUFFIX); where they are meant to be one, give both the same database (MONGO_URL, MONGO_DATABASE).`;
  return new MessagingError('FOREIGN_INSTALLATION', message, { details: { group, ours, theirs } });
}
