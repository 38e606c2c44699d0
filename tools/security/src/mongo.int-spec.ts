import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  connectDatabase,
  ensureMessagingIndexes,
  mongoEnvironmentSchema,
  MongoUnitOfWork,
  sessionOf,
} from '@perennial/messaging-mongo';
import { type Authority, createAuthority } from '@perennial/transport-security';
import { SecuredDatabase } from './secured.database';
import { everythingIn } from './testing/recorded.log';

/**
 * Run against SecantusDB, which speaks MongoDB's protocol: TLS, client certificates and SCRAM-SHA-256. Not proven here:
 * MongoDB itself, SCRAM-SHA-1, MONGODB-X509, and roles narrower than root.
 */
describe('a secured database', () => {
  const home = mkdtempSync(join(tmpdir(), 'secured-mongo-'));
  const user = { name: 'service', password: 'correct-horse' };
  const wrong = 'wrong-secret-7d1f';
  let authority: Authority;
  let stranger: Authority;
  let database: SecuredDatabase;

  const credentials = (password = user.password) => ({ MONGO_USERNAME: user.name, MONGO_PASSWORD: password });
  const clientCertificate = () => ({ MONGO_TLS_CERTIFICATE_KEY_FILE: authority.client.bothFile });
  const tls = (caFile = authority.caFile) => ({
    MONGO_TLS: 'true',
    MONGO_TLS_CA_FILE: caFile,
    ...clientCertificate(),
  });
  const configOf = (environment: Record<string, string>) => ({
    ...mongoEnvironmentSchema.parse({ MONGO_URL: database.url, ...environment }),
    serverSelectionTimeoutMs: 1_500,
  });

  beforeAll(async () => {
    authority = await createAuthority(join(home, 'tls'));
    stranger = await createAuthority(join(home, 'other'));
    const mutual = ['--tls-ca-file', authority.caFile, '--tls-require-client-cert'];
    database = await SecuredDatabase.start(join(home, 'mongo'), authority, user, { settings: mutual });
  }, 60_000);

  afterAll(async () => {
    await database?.stop();
    rmSync(home, { recursive: true, force: true });
  }, 30_000);

  it('takes a transaction over TLS from a client with certificate, user and password', async () => {
    const connection = await connectDatabase(configOf({ ...tls(), ...credentials() }), 'test');
    await ensureMessagingIndexes(connection, 'test');
    const work = new MongoUnitOfWork(connection, 'test', { now: () => new Date() }, () => {});
    const mark = { group: 'g', source: 's', id: 'i' };
    const insert = () =>
      work.execute(mark, async (transaction) => {
        await connection.collection('kept').insertOne({ n: 1 }, { session: sessionOf(transaction) });
        return [];
      });
    expect([await insert(), await insert()]).toEqual(['committed', 'duplicate']);
    expect(await connection.collection('kept').countDocuments()).toBe(1);
    await connection.close();
  });

  it('takes user and password in the connection string as well', async () => {
    const url = database.url.replace('//', `//${user.name}:${user.password}@`) + '&authSource=admin';
    const connection = await connectDatabase(configOf({ MONGO_URL: url, ...tls() }), 'test');
    await connection.collection('kept').countDocuments();
    await connection.close();
  });

  it('takes the variables before the connection string', async () => {
    const url = database.url.replace('//', `//other:${wrong}@`);
    const connection = await connectDatabase(configOf({ MONGO_URL: url, ...tls(), ...credentials() }), 'test');
    await connection.collection('kept').countDocuments();
    await connection.close();
  });

  it.each<[string, () => Record<string, string>, string, RegExp]>([
    [
      'a wrong password',
      () => ({ ...tls(), ...credentials(wrong) }),
      'DATABASE_ACCESS_DENIED',
      /MONGO_USERNAME.*MONGO_PASSWORD/,
    ],
    [
      'a wrong password in the connection string',
      () => ({ MONGO_URL: database.url.replace('//', `//${user.name}:${wrong}@`) + '&authSource=admin', ...tls() }),
      'DATABASE_ACCESS_DENIED',
      /refused access/,
    ],
    [
      'an unknown authority',
      () => ({ ...tls(stranger.caFile), ...credentials(wrong) }),
      'DATABASE_TLS_FAILED',
      /MONGO_TLS_CA_FILE/,
    ],
    [
      'a certificate of another host',
      () => ({ MONGO_URL: database.url.replace('127.0.0.1', 'localhost'), ...tls(), ...credentials(wrong) }),
      'DATABASE_TLS_FAILED',
      /altnames/,
    ],
    ['plain text where TLS is spoken', () => credentials(wrong), 'DATABASE_TLS_FAILED', /speaks TLS.*MONGO_TLS=true/],
    [
      'no client certificate where one is asked for',
      () => ({ MONGO_TLS: 'true', MONGO_TLS_CA_FILE: authority.caFile, ...credentials(wrong) }),
      'DATABASE_TLS_FAILED',
      /MONGO_TLS_CERTIFICATE_KEY_FILE/,
    ],
  ])('refuses %s with an error that says what to change', async (_, environment, code, message) => {
    const failure = await connectDatabase(configOf(environment()), 'test').catch((error: unknown) => error);
    expect(failure).toMatchObject({ code, retryable: false, message: expect.stringMatching(message) });
    expect(everythingIn(failure)).not.toContain(wrong);
  });

  it('refuses to work for somebody who has not said who they are', async () => {
    const connection = await connectDatabase(configOf(tls()), 'test');
    await expect(ensureMessagingIndexes(connection, 'other')).rejects.toMatchObject({
      code: 'DATABASE_ACCESS_DENIED',
      retryable: false,
      message: expect.stringContaining('MONGO_USERNAME'),
    });
    await connection.close();
  });
});
