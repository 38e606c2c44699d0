import { MessagingError } from '@perennial/messaging';
import { probeTransport, tlsFailureCode } from '@perennial/transport-security';
import { toDatabaseError } from './database.errors';
import type { MongoConfig } from './mongo.config';

/** What the driver knows of each server, by host:port, when it found none that it can use. */
type Servers = ReadonlyMap<string, { error?: unknown }>;

/**
 * Like toDatabaseError, and tells a TLS handshake that failed, and a server that wants TLS or does not, from one that is
 * away. Only for the start: what fails so later on is retried like an outage.
 */
export async function explainConnectionFailure(error: unknown, config: MongoConfig): Promise<unknown> {
  const failure = toDatabaseError(error);
  if (!(failure instanceof MessagingError) || failure.code !== 'DATABASE_UNAVAILABLE') return failure;
  for (const [address, { error: ofServer }] of serversOf(error)) {
    const tlsCode = tlsFailureCode(ofServer);
    if (tlsCode) return handshakeFailed(address, ofServer, tlsCode, failure);
    const transport = await probeTransport(address);
    if (transport !== 'away' && (transport === 'tls') !== usesTls(config)) return mismatch(address, transport, failure);
  }
  return failure;
}

function serversOf(error: unknown): Servers {
  const { reason } = error as { reason?: { servers?: Servers } };
  return reason?.servers ?? new Map();
}

function handshakeFailed(address: string, error: unknown, tlsCode: string, cause: MessagingError): MessagingError {
  const text = error instanceof Error ? error.message : String(error);
  const advice = 'Check MONGO_TLS_CA_FILE, MONGO_TLS_CERTIFICATE_KEY_FILE and the name in MONGO_URL';
  return new MessagingError('DATABASE_TLS_FAILED', `TLS with the database at ${address} failed. ${advice}: ${text}`, {
    details: { server: address, tls: tlsCode },
    cause,
  });
}

function mismatch(address: string, transport: 'tls' | 'plain', cause: MessagingError): MessagingError {
  const what =
    transport === 'tls'
      ? 'speaks TLS. Set MONGO_TLS=true, and MONGO_TLS_CA_FILE where its authority is not a public one'
      : 'does not speak TLS. Set MONGO_TLS=false, or start it with TLS';
  const message = `The database at ${address} ${what}.`;
  return new MessagingError('DATABASE_TLS_FAILED', message, { details: { server: address }, cause });
}

/** The connection string may ask for TLS as well; mongodb+srv does unless it says otherwise. */
const usesTls = ({ tls, url }: MongoConfig): boolean =>
  tls !== undefined ||
  /[?&](tls|ssl)=true\b/.test(url) ||
  (url.startsWith('mongodb+srv:') && !/[?&](tls|ssl)=false\b/.test(url));
