import { randomUUID } from 'node:crypto';
import { type RunningConsumer, silentLogger } from '@perennial/messaging';
import { type Admin } from 'kafkajs';
import { createClient } from './client.factory';
import { installationsIn, requireOwnGroups } from './group.installation';
import { KafkaConsumer } from './kafka.consumer';
import { kafkaEnvironmentSchema } from './kafka.environment';
import { KafkaPublisher } from './kafka.publisher';

describe('a consumer group', () => {
  const config = kafkaEnvironmentSchema.parse(process.env);
  const topic = `installation-${randomUUID()}`;
  const group = `group-${randomUUID()}`;
  const running: RunningConsumer[] = [];
  const complaints: unknown[] = [];
  const taken = new Map<string, string[]>();
  const logger = {
    ...silentLogger,
    error: (fields: object) => void complaints.push((fields as { code: string }).code),
  };
  let admin: Admin;
  let publisher: KafkaPublisher;

  beforeAll(async () => {
    admin = createClient(config, silentLogger).admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 4 }], waitForLeaders: true });
    publisher = new KafkaPublisher(config, silentLogger);
  }, 60_000);

  afterAll(async () => {
    await Promise.all(running.map((consumer) => consumer.stop()));
    await publisher?.close();
    await admin?.disconnect();
  }, 60_000);

  const consume = async (installation: string, name = installation): Promise<RunningConsumer> => {
    taken.set(name, []);
    const consumer = await new KafkaConsumer(config, logger, { installation }).run({
      group,
      topics: [topic],
      onRecord: async ({ value }) => void taken.get(name)?.push(String(value)),
    });
    running.push(consumer);
    return consumer;
  };
  const publish = (from: number, to: number) =>
    publisher.publish(
      Array.from({ length: to - from }, (_, n) => ({ topic, key: `${n}`, value: `${from + n}`, headers: {} })),
    );
  const until = async (what: () => boolean | Promise<boolean>) => {
    while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  const members = async () => (await admin.describeGroups([group])).groups[0]?.members.length;

  it('without members belongs to nobody', async () => {
    await requireOwnGroups(config, [group], 'one/a', silentLogger);
    expect(await installationsIn(config, [group], silentLogger)).toEqual(new Map());
    await requireOwnGroups(config, [], 'one/a', silentLogger);
  }, 60_000);

  it('is shared by members of one installation', async () => {
    await consume('one/a');
    await consume('one/a', 'second');
    await until(async () => (await members()) === 2);
    await until(async () => (await installationsIn(config, [group], silentLogger)).get(group) === 'one/a');
    await requireOwnGroups(config, [group], 'one/a', silentLogger);
    await publish(0, 200);
    await until(() => [...taken.values()].flat().length >= 200);
    expect(new Set([...taken.values()].flat()).size).toBe(200);
    expect(taken.get('second')?.length).toBeGreaterThan(0);
  }, 120_000);

  it('lets no member of another in, and says so at the start and while it is tried', async () => {
    await expect(requireOwnGroups(config, [group], 'two/b', silentLogger)).rejects.toMatchObject({
      code: 'FOREIGN_INSTALLATION',
      retryable: false,
      message: expect.stringMatching(/one\/a.*two\/b.*GROUP_SUFFIX/),
      details: { group, ours: 'two/b', theirs: 'one/a' },
    });
    const stranger = await consume('two/b');
    await until(() => complaints.length > 1);
    expect(new Set(complaints)).toEqual(new Set(['FOREIGN_INSTALLATION']));
    await publish(200, 400);
    await until(() => taken.get('one/a')!.length + taken.get('second')!.length >= 400);
    expect(taken.get('two/b')).toEqual([]);
    await stranger.stop();
  }, 120_000);

  it('is free when all its members have left', async () => {
    await Promise.all(running.map((consumer) => consumer.stop()));
    await requireOwnGroups(config, [group], 'two/b', silentLogger);
    await consume('two/b', 'successor');
    await until(async () => (await installationsIn(config, [group], silentLogger)).get(group) === 'two/b');
  }, 120_000);
});
