import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Kafka, logLevel } from 'kafkajs';
import { MongoClient } from 'mongodb';
import {
  type Stack,
  killKafka,
  killMongo,
  resetStack,
  restartKafka,
  signalServer,
  stackOptions,
  stackStatus,
  startStack,
  stopStack,
} from './index';
import { askClusterId } from './kafka.server';

const { artifacts } = stackOptions();
const topic = 'acknowledged';

const kafkaClient = (stack: Stack) =>
  new Kafka({ clientId: 'test', brokers: [stack.kafka], logLevel: logLevel.NOTHING, retry: { retries: 8 } });

/** Sends numbers one by one, each awaited, until the broker is gone; returns those that it acknowledged. */
async function sendUntilKilled(stack: Stack, home: string, count: number): Promise<string[]> {
  const producer = new Kafka({
    clientId: 'test',
    brokers: [stack.kafka],
    logLevel: logLevel.NOTHING,
    requestTimeout: 3000,
    retry: { retries: 0 },
  }).producer({ idempotent: false });
  await producer.connect();
  const acknowledged: string[] = [];
  let killed: Promise<unknown> | undefined;
  try {
    for (let index = 0; ; index += 1) {
      await producer.send({ topic, acks: -1, messages: [{ value: String(index) }] });
      acknowledged.push(String(index));
      if (acknowledged.length === count) killed = killKafka(home);
    }
  } catch {
    // the broker is gone
  }
  await killed;
  await producer.disconnect().catch(() => undefined);
  return acknowledged;
}

async function insertUntilKilled(stack: Stack, home: string, count: number): Promise<number[]> {
  const client = new MongoClient(stack.mongo, { retryWrites: false, serverSelectionTimeoutMS: 2000 });
  const acknowledged: number[] = [];
  let killed: Promise<unknown> | undefined;
  try {
    for (let index = 0; ; index += 1) {
      await client.db('test').collection<{ _id: number }>(topic).insertOne({ _id: index });
      acknowledged.push(index);
      if (acknowledged.length === count) killed = killMongo(home);
    }
  } catch {
    // the database is gone
  }
  await killed;
  await client.close();
  return acknowledged;
}

async function readTopic(stack: Stack, atLeast: number): Promise<string[]> {
  const consumer = kafkaClient(stack).consumer({ groupId: `reader-${process.hrtime.bigint()}` });
  const values: string[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve) => {
    void consumer.run({
      eachMessage: async ({ message }) => {
        values.push(String(message.value));
        if (values.length >= atLeast) resolve();
        return Promise.resolve();
      },
    });
  });
  await consumer.disconnect();
  return values;
}

describe('a local stack of its own', () => {
  jest.setTimeout(600_000);
  let home: string;
  let stack: Stack;
  const options = () => ({ home, artifacts, transactionSeconds: 3 });

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'perennial, a home with spaces '));
    stack = await startStack(options());
  });

  afterAll(async () => {
    await resetStack({ home, confirmed: true });
    rmSync(home, { recursive: true, force: true });
  });

  it('is a broker and a replica set of its own, beside those that run already', async () => {
    expect(stack.started).toEqual(['mongo', 'kafka']);
    const { KAFKA_BROKERS, MONGO_URL } = process.env;
    if (!KAFKA_BROKERS || !MONGO_URL) throw new Error('KAFKA_BROKERS and MONGO_URL must name a running stack');
    expect(await askClusterId(stack.kafka)).not.toBe(await askClusterId(KAFKA_BROKERS.split(',')[0]!));
    const client = new MongoClient(stack.mongo);
    const hello = await client.db('admin').command({ hello: 1 });
    await client.close();
    expect(hello.setName).toEqual(expect.any(String));
  });

  it('is found by a second start', async () => {
    await expect(startStack(options())).resolves.toEqual({ ...stack, started: [] });
  });

  it('uses servers that exist already and starts none', async () => {
    const external = { externalKafka: 'broker.example:9092', externalMongo: 'mongodb://db.example/x?replicaSet=rs' };
    const other = mkdtempSync(join(tmpdir(), 'perennial-other-'));
    const used = await startStack({ home: other, artifacts, ...external });
    expect(used).toEqual({ kafka: external.externalKafka, mongo: external.externalMongo, started: [] });
    expect(await stopStack({ home: other })).toEqual([]);
    rmSync(other, { recursive: true });
    expect(stackStatus({ home })).toMatchObject({ kafka: { running: true }, mongo: { running: true } });
  });

  it('keeps every acknowledged write over kill -9 and a restart at the same addresses', async () => {
    const admin = kafkaClient(stack).admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
    await admin.disconnect();
    const [sent, inserted] = await Promise.all([
      sendUntilKilled(stack, home, 300),
      insertUntilKilled(stack, home, 150),
    ]);
    expect(sent.length).toBeGreaterThanOrEqual(300);
    expect(inserted.length).toBeGreaterThanOrEqual(150);
    expect(stackStatus({ home })).toEqual({ kafka: { running: false }, mongo: { running: false } });

    const again = await startStack(options());
    expect(again).toEqual({ ...stack, started: ['mongo', 'kafka'] });
    expect(await readTopic(again, sent.length)).toEqual(expect.arrayContaining(sent));
    const client = new MongoClient(again.mongo);
    const found = await client.db('test').collection<{ _id: number }>(topic).find().toArray();
    await client.close();
    expect(found.map(({ _id }) => _id)).toEqual(expect.arrayContaining(inserted));
  });

  it('frees the rows of an abandoned transaction after the given time', async () => {
    const client = new MongoClient(stack.mongo);
    const rows = client.db('test').collection<{ _id: string; by: string }>('locked');
    await rows.insertOne({ _id: 'row', by: 'nobody' });
    const abandoned = client.startSession();
    abandoned.startTransaction();
    await rows.updateOne({ _id: 'row' }, { $set: { by: 'the abandoned' } }, { session: abandoned });
    // Outside of a transaction, and nobody else uses any: no command comes that would make the server look for such.
    // Less than MongoDB's 60 s, more than what was asked for.
    await rows.updateMany({ by: { $ne: 'another' } }, { $set: { by: 'another' } }, { timeoutMS: 20_000 });
    expect(await rows.findOne({ _id: 'row' })).toMatchObject({ by: 'another' });
    await abandoned.endSession();
    await client.close();
  });

  it('restarts the broker with its topics', async () => {
    await expect(restartKafka(options())).resolves.toBe(stack.kafka);
    const admin = kafkaClient(stack).admin();
    await admin.connect();
    expect(await admin.listTopics()).toContain(topic);
    await admin.disconnect();
  });

  it('is left whole by a starter that dies while starting', async () => {
    await stopStack({ home });
    const starter = join(__dirname, '..', 'dist', 'index.js');
    const script = `require(process.argv[1]).startStack(JSON.parse(process.argv[2]))`;
    const child = spawn(process.execPath, ['-e', script, starter, JSON.stringify(options())], { stdio: 'inherit' });
    while (!stackStatus({ home }).kafka.running) {
      if (child.exitCode !== null) throw new Error(`the starter ended with ${child.exitCode} before the broker ran`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    child.kill('SIGKILL');
    await once(child, 'exit');
    const { pid } = stackStatus({ home }).kafka;
    const found = await startStack(options());
    expect(found).toMatchObject({ kafka: stack.kafka, mongo: stack.mongo, started: [] });
    expect(stackStatus({ home }).kafka.pid).toBe(pid);
  });

  it('stops what it started and nothing else, and only then returns', async () => {
    await signalServer(home, 'kafka', 'SIGSTOP');
    expect(await stopStack({ home })).toEqual(['kafka', 'mongo']);
    expect(stackStatus({ home })).toEqual({ kafka: { running: false }, mongo: { running: false } });
    await expect(askClusterId(stack.kafka)).rejects.toThrow();
    await expect(askClusterId(process.env.KAFKA_BROKERS!.split(',')[0]!)).resolves.toEqual(expect.any(String));
    expect(await stopStack({ home })).toEqual([]);
  });

  it('is reset only after a confirmation', async () => {
    await expect(resetStack({ home, confirmed: false })).rejects.toMatchObject({ code: 'reset-not-confirmed' });
    await resetStack({ home, confirmed: true });
    const fresh = await startStack(options());
    const client = new MongoClient(fresh.mongo);
    expect(await client.db('test').collection(topic).countDocuments()).toBe(0);
    await client.close();
  });
});
