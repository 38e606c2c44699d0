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
    const id = `${deadLetterTopic(contract.name)}/0/0`;
    expect(listed).toEqual({ id, ...letter, redriveOf: null, omittedBytes: null, state: 'open' });
    expect(await showDeadLetter(config, id, silentLogger)).toEqual(listed);
    await expect(showDeadLetter(config, 'nonsense', silentLogger)).rejects.toMatchObject({
      code: 'DEAD_LETTER_NOT_FOUND',
    });
  }, 60_000);

  const states = async () =>
    (await listDeadLetters(config, [contract], silentLogger)).map(({ id, state, attempts }) => [
      ...[id.slice(contract.name.length), state, attempts],
    ]);

  it('tells what became of a redrive: it waits, it fails again, it succeeds', async () => {
    await redrive(publisher, await listDeadLetters(config, [contract], silentLogger));
    expect(await states()).toEqual([['.dlq/0/0', 'redriven', 1]]);
    const letters = new KafkaDeadLetters(publisher);
    const handled: string[] = [];
    const consumer = await new KafkaConsumer(config, silentLogger).run({
      group: 'g',
      topics: [retryTopic(contract.name)],
      onRecord: async (record) => {
        const letterId = String(record.headers.perennial_redrive_letter);
        handled.push(letterId);
        const failure = { group: 'g', code: 'HANDLER_FAILED', message: 'again', attempts: 5 };
        if (letterId.endsWith('.dlq/0/0')) await letters.add({ record, ...failure, failedAt: new Date(2000) });
      },
    });
    const became = (expected: unknown[]) =>
      eventually(async () => JSON.stringify(await states()) === JSON.stringify(expected), 30_000);
    await became([
      ['.dlq/0/1', 'open', 6],
      ['.dlq/0/0', 'failed-again', 1],
    ]);
    const [again] = await listDeadLetters(config, [contract], silentLogger);
    await redrive(publisher, [again!]);
    await became([
      ['.dlq/0/1', 'handled', 6],
      ['.dlq/0/0', 'failed-again', 1],
    ]);
    await consumer.stop();
    expect(handled.map((name) => name.slice(contract.name.length))).toEqual(['.dlq/0/0', '.dlq/0/1']);
    const lag = await consumerLag(config, [{ group: 'g', topics: [retryTopic(contract.name)] }], silentLogger);
    expect(lag.map((each) => each.lag)).toEqual([0, 0]);
  }, 90_000);

  it('keeps a letter of a record that fills a message, without its value', async () => {
    const full = await largestValue(contract.name);
    const record = { ...{ topic: contract.name, partition: 0, offset: '9', key: null, timestamp: 7 }, headers: {} };
    const reason = { group: 'g', code: 'MALFORMED_DATA', message: 'x'.repeat(500), attempts: 1 };
    await new KafkaDeadLetters(publisher).add({
      ...{ record: { ...record, value: full }, failedAt: new Date(9000) },
      ...reason,
    });
    const [letter] = await listDeadLetters(config, [contract], silentLogger);
    expect(letter).toMatchObject({ ...reason, omittedBytes: full.length, record: { value: null, offset: '9' } });
    await expect(redrive(publisher, [letter!])).rejects.toMatchObject({
      code: 'DEAD_LETTER_INCOMPLETE',
      details: { origin: `${contract.name}/0/9` },
    });
  }, 60_000);

  /** The largest value, to 256 bytes, that the broker takes in one message. */
  async function largestValue(topic: string): Promise<Buffer> {
    let [taken, refused] = [0, 64 * 1024 * 1024];
    const fits = (bytes: number) =>
      publisher.publish([{ topic, key: null, value: Buffer.alloc(bytes, 1), headers: {} }]).then(
        () => true,
        (error: unknown) => {
          expect(error).toMatchObject({ code: 'BROKER_REJECTED', details: { type: 'MESSAGE_TOO_LARGE' } });
          return false;
        },
      );
    while (refused - taken > 256) {
      const middle = Math.floor((taken + refused) / 2);
      if (await fits(middle)) taken = middle;
      else refused = middle;
    }
    return Buffer.alloc(taken, 1);
  }
});
