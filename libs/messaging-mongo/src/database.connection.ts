import { MessagingError } from '@perennial/messaging';
import mongoose, { type Connection, type ConnectOptions } from 'mongoose';
import { toDatabaseError } from './database.errors';
import type { MongoConfig } from './mongo.config';

/**
 * A connection that can run transactions. Throws DATABASE_UNAVAILABLE, DATABASE_ACCESS_DENIED, or
 * DATABASE_NOT_REPLICATED when the server is not a member of a replica set.
 */
export async function connectDatabase(config: MongoConfig, applicationName: string): Promise<Connection> {
  try {
    const connection = await mongoose.createConnection(config.url, optionsOf(config, applicationName)).asPromise();
    try {
      requireReplication((await connection.db?.admin().command({ hello: 1 })) ?? {});
    } catch (error) {
      await connection.close();
      throw error;
    }
    return connection;
  } catch (error) {
    throw toDatabaseError(error);
  }
}

function optionsOf({ tls, auth, database, serverSelectionTimeoutMs }: MongoConfig, appName: string): ConnectOptions {
  return {
    appName,
    dbName: database,
    serverSelectionTimeoutMS: serverSelectionTimeoutMs,
    ...(tls && { tls: true, tlsCAFile: tls.caFile, tlsCertificateKeyFile: tls.certificateKeyFile }),
    ...(auth && {
      auth: { username: auth.username, password: auth.password },
      authSource: auth.source,
      authMechanism: auth.mechanism,
    }),
  };
}

/** `hello` is the server's answer to the hello command. */
export function requireReplication(hello: { setName?: string; msg?: string }): void {
  if (hello.setName !== undefined || hello.msg === 'isdbgrid') return;
  throw new MessagingError(
    'DATABASE_NOT_REPLICATED',
    'MongoDB runs without a replica set, and transactions need one. Start it with `mongod --replSet rs0`, then once: ' +
      '`mongosh --eval "rs.initiate()"`. One node is enough.',
  );
}
