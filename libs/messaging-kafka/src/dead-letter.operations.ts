import { deadLetterTopic, retryTopic, type TopicContract } from '@perennial/contracts';
import {
  type BrokerRecord,
  type Logger,
  MessagingError,
  type Publisher,
  redriveGroupHeader,
} from '@perennial/messaging';
import { consumerLag } from './consumer.lag';
import {
  baseTopic,
  fromDeadLetterRecord,
  fromRedriveRecord,
  type StoredDeadLetter,
  toRedriveRecord,
} from './dead-letter.record';
import { type CommittedOffset, type ListedDeadLetter, withStates } from './dead-letter.state';
import type { KafkaConfig } from './kafka.config';
import { readTopics } from './topic.reader';

/** Newest first, with what became of each. */
export async function listDeadLetters(
  config: KafkaConfig,
  topics: Iterable<Pick<TopicContract, 'name'>>,
  logger: Logger,
): Promise<ListedDeadLetter[]> {
  const names = [...topics].map(({ name }) => name);
  const retried = await readTopics(config, names.map(retryTopic), logger);
  const committed = await committedOffsets(config, retried, logger);
  const records = await readTopics(config, names.map(deadLetterTopic), logger);
  const redrives = retried.map(fromRedriveRecord).filter((redrive) => redrive !== null);
  const letters = withStates(records.map(fromDeadLetterRecord), redrives, committed);
  return letters.sort((a, b) => b.failedAt.getTime() - a.failedAt.getTime());
}

/** Of the groups to which the records are addressed, on the topics on which these lie. */
async function committedOffsets(
  config: KafkaConfig,
  retried: readonly BrokerRecord[],
  logger: Logger,
): Promise<CommittedOffset> {
  const topicsOf = new Map<string, Set<string>>();
  for (const { topic, headers } of retried) {
    const group = headers[redriveGroupHeader]?.toString('utf8');
    if (group) topicsOf.set(group, (topicsOf.get(group) ?? new Set()).add(topic));
  }
  const groups = [...topicsOf].map(([group, topics]) => ({ group, topics: [...topics] }));
  const lags = groups.length === 0 ? [] : await consumerLag(config, groups, logger);
  const nameOf = (group: string, topic: string, partition: number) => `${group} ${topic}/${partition}`;
  const offsets = new Map(lags.map((lag) => [nameOf(lag.group, lag.topic, lag.partition), lag.committed]));
  return (...at) => {
    const committed = offsets.get(nameOf(...at)) ?? null;
    return committed === null ? null : BigInt(committed);
  };
}

/** Throws DEAD_LETTER_NOT_FOUND. */
export async function showDeadLetter(config: KafkaConfig, id: string, logger: Logger): Promise<ListedDeadLetter> {
  const topic = /^(.+\.dlq)\/\d+\/\d+$/.exec(id)?.[1];
  const letters = topic === undefined ? [] : await listDeadLetters(config, [{ name: baseTopic(topic) }], logger);
  const letter = letters.find((each) => each.id === id);
  if (letter) return letter;
  throw new MessagingError(
    'DEAD_LETTER_NOT_FOUND',
    `id = ${id}: must name a dead letter, <topic>.dlq/<partition>/<offset>`,
    {
      details: { field: 'id', value: id },
    },
  );
}

/**
 * The letters stay where they are; the inbox drops a redrive of what was handled meanwhile. Throws
 * DEAD_LETTER_INCOMPLETE, before anything is sent, for a letter whose value was too large to be kept.
 */
export async function redrive(publisher: Publisher, letters: readonly StoredDeadLetter[]): Promise<void> {
  const incomplete = letters.find(({ omittedBytes }) => omittedBytes !== null);
  if (incomplete) {
    const { id, omittedBytes, record } = incomplete;
    const origin = `${record.topic}/${record.partition}/${record.offset}`;
    throw new MessagingError(
      'DEAD_LETTER_INCOMPLETE',
      `id = ${id}: its value of ${omittedBytes} bytes was too large to be kept; the record is at ${origin} while the topic keeps it`,
      { details: { field: 'id', value: id, omittedBytes, origin } },
    );
  }
  await publisher.publish(letters.map(toRedriveRecord));
}
