import type { TopicContract } from '@perennial/contracts';
import { type Logger, MessagingError } from '@perennial/messaging';
import type { Admin, ITopicConfig } from 'kafkajs';
import { kafkaErrorType } from './broker.errors';
import { createClient } from './client.factory';
import { explainFailure } from './connection.diagnosis';
import type { KafkaConfig } from './kafka.config';
import { planTopics, tooFewPartitions } from './topic.plan';
import { within } from './time.limit';

/**
 * Creates what is missing of the contracts' topics, their retry and dead-letter topics. Existing topics stay as they
 * are. Throws TOPIC_CREATION_FORBIDDEN naming topic and ACL, TOPIC_MISMATCH,
 * BROKER_ACCESS_DENIED, BROKER_TLS_FAILED, or BROKER_UNAVAILABLE.
 */
export async function ensureTopics(
  config: KafkaConfig,
  contracts: Iterable<TopicContract>,
  logger: Logger,
): Promise<{ created: string[] }> {
  const admin = createClient(config, logger).admin();
  try {
    await admin.connect();
    const planned = planTopics(contracts, config.replicationFactor);
    const existing = await partitionCounts(admin);
    const mismatches = tooFewPartitions(planned, existing);
    if (mismatches.length > 0) {
      const message = `Topics with too few partitions: ${mismatches.join('; ')}. Add partitions or use other topics.`;
      throw new MessagingError('TOPIC_MISMATCH', message, { details: { mismatches } });
    }
    const missing = planned.filter(({ topic }) => !existing.has(topic));
    if (missing.length > 0) await create(admin, missing, config.sasl?.username);
    return { created: missing.map(({ topic }) => topic) };
  } catch (error) {
    throw await explainFailure(error, 'create topics', config, logger);
  } finally {
    await within(5_000, admin.disconnect()).catch(() => {});
  }
}

async function partitionCounts(admin: Admin): Promise<Map<string, number>> {
  // Not fetchTopicMetadata with names: it fails as a whole when one of them is missing.
  const { topics } = await admin.fetchTopicMetadata();
  return new Map(topics.map(({ name, partitions }) => [name, partitions.length]));
}

async function create(admin: Admin, topics: ITopicConfig[], user: string | undefined): Promise<void> {
  try {
    await admin.createTopics({ topics, waitForLeaders: true });
  } catch (error) {
    const refused = refusals(error);
    // Another service may create the same topics at the same time.
    if (refused.length > 0 && refused.every(({ type }) => type === 'TOPIC_ALREADY_EXISTS')) return;
    // The broker took the request, and its metadata lags behind: many at once create topics on a broker just started.
    if (refused.length > 0 && refused.every(({ type }) => type === 'UNKNOWN_TOPIC_OR_PARTITION')) {
      if (await appear(admin, topics)) return;
    }
    const forbidden = refused.filter(({ type }) => type.endsWith('AUTHORIZATION_FAILED'));
    if (forbidden.length > 0)
      throw creationForbidden(
        forbidden.map(({ topic }) => topic),
        user,
        error,
      );
    throw error;
  }
}

const LOOKS = 50;
const LOOK_PAUSE_MS = 200;

async function appear(admin: Admin, topics: readonly ITopicConfig[]): Promise<boolean> {
  for (let look = 1; look <= LOOKS; look++) {
    const existing = await partitionCounts(admin);
    if (topics.every(({ topic }) => existing.has(topic))) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_PAUSE_MS));
  }
  return false;
}

/** kafkajs gathers one error per topic in `errors`. */
function refusals(error: unknown): { topic: string; type: string }[] {
  const errors = (error as { errors?: { topic?: string }[] }).errors ?? [error as { topic?: string }];
  return errors.flatMap((each) => {
    const type = kafkaErrorType(each);
    return type ? [{ topic: each.topic ?? '(any)', type }] : [];
  });
}

export function creationForbidden(topics: string[], user: string | undefined, cause: unknown): MessagingError {
  const principal = `User:${user ?? 'ANONYMOUS'}`;
  const message =
    `The broker forbids ${principal} to create ${topics.join(', ')}. Allow it with the ACL: operation Create on ` +
    `resource Topic (these names, or the prefix "perennial."), or create the topics beforehand.`;
  return new MessagingError('TOPIC_CREATION_FORBIDDEN', message, {
    details: { topics, principal, acl: { resource: 'Topic', operation: 'Create' } },
    cause,
  });
}
