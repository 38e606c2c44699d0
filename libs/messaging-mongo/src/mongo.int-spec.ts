import mongoose from 'mongoose';
import { connectDatabase } from './database.connection';
import { ensureExpiry } from './expiry.index';
import { installationOf } from './installation.identity';
import { describeMessagingContract } from './testing/messaging.contract';
import { openTestDatabase } from './testing/test.database';

describeMessagingContract('the database at MONGO_URL', openTestDatabase);

it('says that the database is away, in an error that may be retried', async () => {
  const config = { url: 'mongodb://127.0.0.1:1/x', serverSelectionTimeoutMs: 200 };
  const open = mongoose.connections.length;
  await expect(connectDatabase(config, 'test')).rejects.toMatchObject({
    code: 'DATABASE_UNAVAILABLE',
    retryable: true,
  });
  // One that is left behind keeps trying, and keeps the process alive.
  expect(mongoose.connections).toHaveLength(open);
});

describe('documents that expire', () => {
  const expiryOf = async (connection: mongoose.Connection) => {
    const indexes = await connection.collection('things').indexes();
    return indexes
      .filter(({ name }) => name !== '_id_')
      .map(({ key, expireAfterSeconds }) => ({ key, expireAfterSeconds }));
  };

  it('do so after the time declared last, whatever was declared before', async () => {
    const { connection, close } = await openTestDatabase();
    try {
      await connection.createCollection('things');
      await connection.collection('things').createIndex({ at: -1 });
      for (const seconds of [100, 200, 200]) {
        await ensureExpiry(connection, 'things', { field: 'at', seconds });
        expect(await expiryOf(connection)).toEqual([{ key: { at: 1 }, expireAfterSeconds: seconds }]);
      }
    } finally {
      await close();
    }
  }, 30_000);
});

describe('the identity of an installation', () => {
  it('is one for all who ask at once, and another for another database', async () => {
    const [first, second] = [await openTestDatabase(), await openTestDatabase()];
    try {
      const asked = Array.from({ length: 20 }, (_, n) => installationOf(first.connection, 'kit', () => `id-${n}`));
      const told = new Set(await Promise.all(asked));
      expect([...told]).toEqual([expect.stringMatching(new RegExp(`^${first.connection.name}/id-\\d+$`))]);
      expect(await installationOf(first.connection, 'kit', () => 'later')).toBe([...told][0]);
      expect(await installationOf(second.connection, 'kit', () => 'id-0')).toBe(`${second.connection.name}/id-0`);
    } finally {
      await Promise.all([first.close(), second.close()]);
    }
  }, 30_000);
});
