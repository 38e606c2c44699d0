import { deadLetterTopic, topics } from '@perennial/contracts';
import { createClient, type KafkaConfig, toMessagingError } from '@perennial/messaging-kafka';
import { quiet } from './broker.access';

/** Dead letters that are kept now, from the offsets alone. @throws MessagingError BROKER_UNAVAILABLE */
export async function countDeadLetters(config: KafkaConfig): Promise<number> {
  const admin = createClient(config, quiet).admin();
  try {
    await admin.connect();
    const existing = new Set(await admin.listTopics());
    const names = Object.values(topics).map(({ name }) => deadLetterTopic(name));
    const ranges = await Promise.all(
      names.filter((name) => existing.has(name)).map((name) => admin.fetchTopicOffsets(name)),
    );
    return ranges.flat().reduce((sum, { low, high }) => sum + Number(BigInt(high) - BigInt(low)), 0);
  } catch (error) {
    throw toMessagingError(error, 'count dead letters');
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
