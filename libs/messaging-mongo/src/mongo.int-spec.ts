import mongoose from 'mongoose';
import { connectDatabase } from './database.connection';
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
