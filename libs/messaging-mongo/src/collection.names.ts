import type { Connection } from 'mongoose';
import { toDatabaseError } from './database.errors';

/** The collections that messaging keeps per service. */
export const collectionNames = (service: string) => ({
  inbox: `${service}_inbox`,
  outbox: `${service}_outbox`,
  /** Last sequence number given out, per topic and key. */
  sequences: `${service}_outbox_sequences`,
  /** Last sequence number published, per topic and key. */
  positions: `${service}_outbox_positions`,
  leases: `${service}_leases`,
});

const day = 24 * 60 * 60;

/**
 * Call once at start. What bounds these collections: marks are kept for 30 days, longer than a record can wait in its
 * topic's retry; published entries for a day, unpublished ones until they are (they have no publishedAt, so nothing
 * expires); leases for 30 days after they were last taken or renewed; counters as `sweepIdleLanes` says. Throws
 * DATABASE_ACCESS_DENIED, which a server without credentials says no earlier than here.
 */
export async function ensureMessagingIndexes(connection: Connection, service: string): Promise<void> {
  try {
    await createIndexes(connection, collectionNames(service));
  } catch (error) {
    throw toDatabaseError(error);
  }
}

async function createIndexes(connection: Connection, names: ReturnType<typeof collectionNames>): Promise<void> {
  await connection.collection(names.inbox).createIndex({ handledAt: 1 }, { expireAfterSeconds: 30 * day });
  await connection.collection(names.outbox).createIndex({ publishedAt: 1, sequence: 1, _id: 1 });
  await connection.collection(names.outbox).createIndex({ publishedAt: 1 }, { expireAfterSeconds: day });
  await connection.collection(names.sequences).createIndex({ usedAt: 1 });
  await connection.collection(names.leases).createIndex({ touchedAt: 1 }, { expireAfterSeconds: 30 * day });
}
