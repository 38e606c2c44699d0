import { randomUUID } from 'node:crypto';
import type { Connection } from 'mongoose';
import { connectDatabase } from '../database.connection';
import { mongoEnvironmentSchema } from '../mongo.config';

/** For integration tests: a database of its own on MONGO_URL, dropped on close. */
export async function openTestDatabase(): Promise<{ connection: Connection; close(): Promise<void> }> {
  const config = mongoEnvironmentSchema.parse(process.env);
  const connection = await connectDatabase({ ...config, database: `test-${randomUUID()}` }, 'messaging-test');
  return {
    connection,
    close: async () => {
      await connection.dropDatabase();
      await connection.close();
    },
  };
}
