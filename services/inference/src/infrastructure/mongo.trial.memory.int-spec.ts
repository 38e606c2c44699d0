import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { eventually } from '@perennial/service-testing';
import { openModel } from '@perennial/model-runtime';
import mongoose, { type Connection } from 'mongoose';
import { creditModel, digestOf, withThreshold } from '../testing/artifact.examples';
import { MongoTrialMemory } from './mongo.trial.memory';

interface Kept {
  _id: string;
  memoryBytes: number;
  passedAt: Date;
}

const dbName = `trials-${randomUUID().slice(0, 8)}`;
const url = new URL(String(process.env.MONGO_URL));
const at = new Date('2026-01-01T00:00:00Z');

describe('trials in the database', () => {
  let proxy: Server;
  const sockets: Socket[] = [];
  let connection: Connection;
  let trials: MongoTrialMemory;
  const warnings: string[] = [];

  beforeAll(async () => {
    proxy = createServer((client) => {
      const server = connect(Number(url.port || 27017), url.hostname);
      sockets.push(client, server);
      for (const socket of [client, server]) socket.on('error', () => socket.destroy());
      client.pipe(server).pipe(client);
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const through = new URL(url);
    through.host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    connection = await mongoose.createConnection(through.href, { dbName, socketTimeoutMS: 20_000 }).asPromise();
    trials = new MongoTrialMemory(connection, { warn: (_, message) => warnings.push(String(message)) }, () => at);
    await trials.prepare();
  }, 30_000);

  afterAll(async () => {
    await connection?.destroy(true);
    sockets.forEach((socket) => socket.destroy());
    proxy?.close();
    const direct = await mongoose.createConnection(url.href, { dbName }).asPromise();
    await direct.dropDatabase();
    await direct.close();
  }, 30_000);

  const kept = () => connection.collection<Kept>('model_trials');
  const takes = async (model: Uint8Array) => {
    const opened = await openModel(model, { name: 'credit', version: '1', trials });
    await opened.close();
    return opened.memoryBytes;
  };
  const keyOf = (key: string, model: Uint8Array) => key.replace(/^\w+/, digestOf(model).slice('sha256:'.length));

  it('keep what passed, and are believed by a process that never tried it', async () => {
    await takes(creditModel);
    const passed = await eventually(async () => (await kept().findOne({})) ?? undefined);
    expect(passed).toMatchObject({ _id: keyOf(passed._id, creditModel), passedAt: at });
    expect(passed.memoryBytes).toBeGreaterThan(0);
    const other = withThreshold(creditModel, 0.123);
    await kept().insertOne({ _id: keyOf(passed._id, other), memoryBytes: 7_000_000_000, passedAt: at });
    expect(await takes(other)).toBeGreaterThan(7_000_000_000);
    expect(warnings).toEqual([]);
  }, 60_000);

  it('keep nobody from serving while the database does not answer', async () => {
    await kept().findOne({});
    sockets.forEach((socket) => socket.pause().unpipe());
    expect(await takes(withThreshold(creditModel, 0.456))).toBeGreaterThan(0);
  }, 30_000);
});
