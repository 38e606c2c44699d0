import { randomUUID } from 'node:crypto';
import mongoose, { type Connection } from 'mongoose';

/** A database of its own on MONGO_URL, dropped on close. */
export async function openTestDatabase(): Promise<{ connection: Connection; close(): Promise<void> }> {
  const url = process.env.MONGO_URL;
  if (!url) throw new Error('MONGO_URL is not set: start the local stack');
  const dbName = `simulation-${randomUUID().slice(0, 8)}`;
  const connection = await mongoose.createConnection(url, { dbName }).asPromise();
  return {
    connection,
    close: async () => {
      await connection.dropDatabase();
      await connection.close();
    },
  };
}
