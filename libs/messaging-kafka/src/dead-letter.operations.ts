import { deadLetterTopic, type TopicContract } from '@perennial/contracts';
import { type Logger, MessagingError, type Publisher } from '@perennial/messaging';
import { fromDeadLetterRecord, type StoredDeadLetter, toRedriveRecord } from './dead-letter.record';
import type { KafkaConfig } from './kafka.config';
import { readTopics } from './topic.reader';

/** Newest first. */
export async function listDeadLetters(
  config: KafkaConfig,
  topics: Iterable<TopicContract>,
  logger: Logger,
): Promise<StoredDeadLetter[]> {
  const names = [...topics].map(({ name }) => deadLetterTopic(name));
  const letters = (await readTopics(config, names, logger)).map(fromDeadLetterRecord);
  return letters.sort((a, b) => b.failedAt.getTime() - a.failedAt.getTime());
}

/** Throws DEAD_LETTER_NOT_FOUND. */
export async function showDeadLetter(config: KafkaConfig, id: string, logger: Logger): Promise<StoredDeadLetter> {
  const topic = /^(.+\.dlq)\/\d+\/\d+$/.exec(id)?.[1];
  const records = topic === undefined ? [] : await readTopics(config, [topic], logger);
  const letter = records.map(fromDeadLetterRecord).find((each) => each.id === id);
  if (letter) return letter;
  throw new MessagingError(
    'DEAD_LETTER_NOT_FOUND',
    `id = ${id}: must name a dead letter, <topic>.dlq/<partition>/<offset>`,
    {
      details: { field: 'id', value: id },
    },
  );
}

/** The letters stay where they are; the inbox drops a redrive of what was handled meanwhile. */
export async function redrive(publisher: Publisher, letters: readonly StoredDeadLetter[]): Promise<void> {
  await publisher.publish(letters.map(toRedriveRecord));
}
