import { randomUUID } from 'node:crypto';
import { deadLetterTopic, retryTopic, type TopicContract } from '@perennial/contracts';
import { silentLogger } from '@perennial/messaging';
import { eventually } from '@perennial/messaging/testing';
import { consumerLag } from './consumer.lag';
import { listDeadLetters, redrive, showDeadLetter } from './dead-letter.operations';
import { kafkaEnvironmentSchema } from './kafka.environment';
import { KafkaConsumer } from './kafka.consumer';
import { KafkaDeadLetters } from './kafka.dead-letters';
import { KafkaPublisher } from './kafka.publisher';
import { ensureTopics } from './topic.creation';

describe('topics and dead letters on a broker', () => {
  const contract: TopicContract = {
    name: `test.${randomUUID()}`,
    partitions: 2,
    retentionMs: 60_000,
    cleanupPolicy: 'delete',
    key: 'any',
    description: 'a test',
    producers: [],
  };
  const config = kafkaEnvironmentSchema.parse(process.env);
  const publisher = new KafkaPublisher(config, silentLogger);
  afterAll(() => publisher.close());

  it('creates what is missing, once', async () => {
    const names = [contract.name, retryTopic(contract.name), deadLetterTopic(contract.name)];
    expect(await ensureTopics(config, [contract], silentLogger)).toEqual({ created: names });
    expect(await ensureTopics(config, [contract], silentLogger)).toEqual({ created: [] });
    const more = { ...contract, partitions: 5 };
    await expect(ensureTopics(config, [more], silentLogger)).rejects.toMatchObject({ code: 'TOPIC_MISMATCH' });
  }, 60_000);

  it('lists, shows and redrives a dead letter', async () => {
    const record = {
      topic: contract.name,
      partition: 1,
      offset: '3',
      key: Buffer.from('k'),
      value: Buffer.from([255, 0]),
      headers: { ce_id: Buffer.from('e1') },
      timestamp: 7,
    };
    const letter = { record, group: 'g', code: 'INVALID_DATA', message: 'bad', attempts: 1, failedAt: new Date(1000) };
    await new KafkaDeadLetters(publisher).add(letter);
    const [listed] = await listDeadLetters(config, [contract], silentLogger);
    expect(listed).toEqual({ id: `${deadLetterTopic(contract.name)}/0/0`, ...letter });
    expect(await showDeadLetter(config, listed!.id, silentLogger)).toEqual(listed);
    await expect(showDeadLetter(config, 'nonsense', silentLogger)).rejects.toMatchObject({
      code: 'DEAD_LETTER_NOT_FOUND',
    });
    await redrive(publisher, [listed!]);
    const group = `g-${contract.name}`;
    const received: string[] = [];
    const consumer = await new KafkaConsumer(config, silentLogger).run({
      group,
      topics: [retryTopic(contract.name)],
      onRecord: async ({ headers }) => void received.push(String(headers.perennial_redrive_group)),
    });
    await eventually(() => received.length === 1);
    await consumer.stop();
    expect(received).toEqual(['g']);
    const lag = await consumerLag(config, [{ group, topics: [retryTopic(contract.name)] }], silentLogger);
    expect(lag.map((each) => each.lag)).toEqual([0, 0]);
  }, 60_000);
});
