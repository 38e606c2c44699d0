import { deadLetterTopic, retryTopic, topics } from '@perennial/contracts';
import {
  createClient,
  isUnresolved,
  type KafkaConfig,
  listDeadLetters,
  toMessagingError,
} from '@perennial/messaging-kafka';
import { quiet } from './broker.access';

/**
 * Dead letters that nobody dealt with yet. Counted from the offsets alone where there are none, or none was ever
 * redriven. @throws MessagingError BROKER_UNAVAILABLE
 */
export async function countDeadLetters(config: KafkaConfig): Promise<number> {
  const [kept, redriven] = await keptRecords(config, [deadLetterTopic, retryTopic]);
  if (!kept || !redriven) return kept ?? 0;
  const letters = await listDeadLetters(config, Object.values(topics), quiet);
  return letters.filter(isUnresolved).length;
}

/** Records that all topics of each kind hold now. */
async function keptRecords(config: KafkaConfig, kinds: readonly ((topic: string) => string)[]): Promise<number[]> {
  const admin = createClient(config, quiet).admin();
  try {
    await admin.connect();
    const existing = new Set(await admin.listTopics());
    const count = async (nameOf: (topic: string) => string): Promise<number> => {
      const names = Object.values(topics).map(({ name }) => nameOf(name));
      const found = names.filter((name) => existing.has(name));
      const ranges = await Promise.all(found.map((name) => admin.fetchTopicOffsets(name)));
      return ranges.flat().reduce((sum, { low, high }) => sum + Number(BigInt(high) - BigInt(low)), 0);
    };
    return await Promise.all(kinds.map(count));
  } catch (error) {
    throw toMessagingError(error, 'count dead letters');
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
