import type { Connection } from 'mongoose';

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

/** Call once at start. Marks are kept for 30 days, longer than a record can wait in its topic's retry. */
export async function ensureMessagingIndexes(connection: Connection, service: string): Promise<void> {
  const names = collectionNames(service);
  await connection.collection(names.inbox).createIndex({ handledAt: 1 }, { expireAfterSeconds: 30 * day });
  await connection.collection(names.outbox).createIndex({ publishedAt: 1, sequence: 1, _id: 1 });
  await connection.collection(names.outbox).createIndex({ publishedAt: 1 }, { expireAfterSeconds: day });
}
