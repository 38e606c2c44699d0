import { freePort } from '@perennial/local-stack';
import { connectDatabase, mongoConfigSchema } from '@perennial/messaging-mongo';
import type { Connection } from 'mongoose';
import { randomOf } from '../chaos/random';
import { NetworkProxy } from './network.proxy';

describe('a database connection that fell silent', () => {
  jest.setTimeout(60_000);
  let proxy: NetworkProxy;
  let connection: Connection;

  beforeAll(async () => {
    const { MONGO_URL } = process.env;
    if (!MONGO_URL) throw new Error('MONGO_URL must name a running database');
    const port = Number(/:(\d+)\//.exec(MONGO_URL)?.[1]);
    proxy = new NetworkProxy(await freePort(20_500), () => port, randomOf(1));
    await proxy.accept();
    const url = MONGO_URL.replace(`:${port}/`, `:${proxy.port}/`);
    connection = await connectDatabase(mongoConfigSchema.parse({ url, socketTimeoutMs: 1_000 }), 'half-open');
  });

  afterAll(async () => {
    await connection?.destroy(true);
    await proxy?.refuse();
  });

  it('is given up after its time, and the request goes on over another', async () => {
    const collection = connection.collection<{ _id: number }>('half_open');
    await collection.deleteMany({});
    await collection.insertOne({ _id: 1 });
    proxy.freezeSome(1);
    // The monitor's connection is silent too, but the driver waits much longer for that one.
    await expect(collection.findOne({ _id: 1 })).resolves.toEqual({ _id: 1 });
    await collection.insertOne({ _id: 2 });
    expect(await collection.countDocuments({})).toBe(2);
  });
});
