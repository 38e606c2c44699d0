import { MessagingError } from '@perennial/messaging';
import mongoose, { type Connection, type ConnectOptions } from 'mongoose';
import { explainConnectionFailure } from './connection.failure';
import type { MongoConfig } from './mongo.config';

/**
 * A connection that can run transactions. Throws DATABASE_UNAVAILABLE, DATABASE_ACCESS_DENIED, DATABASE_TLS_FAILED, or
 * DATABASE_NOT_REPLICATED when the server is not a member of a replica set.
 */
export async function connectDatabase(config: MongoConfig, applicationName: string): Promise<Connection> {
  const connection = mongoose.createConnection();
  try {
    await connection.openUri(config.url, optionsOf(config, applicationName));
    requireReplication((await connection.db?.admin().command({ hello: 1 })) ?? {});
    return connection;
  } catch (error) {
    // Also where it never opened: its monitors would go on trying.
    await connection.destroy(true).catch(() => {});
    throw await explainConnectionFailure(error, config);
  }
}

function optionsOf(config: MongoConfig, appName: string): ConnectOptions {
  const { tls, auth, database, serverSelectionTimeoutMs, socketTimeoutMs = 60_000 } = config;
  return {
    appName,
    dbName: database,
    serverSelectionTimeoutMS: serverSelectionTimeoutMs,
    socketTimeoutMS: socketTimeoutMs,
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
