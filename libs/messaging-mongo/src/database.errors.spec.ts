import { ConflictError } from '@perennial/messaging';
import { requireReplication } from './database.connection';
import { toDatabaseError } from './database.errors';
import { mongoEnvironmentSchema } from './mongo.config';

const driverError = (name: string, more: object = {}) => Object.assign(new Error('x'), { name }, more);

describe('database errors', () => {
  it.each([
    'MongoNetworkError',
    'MongoNetworkTimeoutError',
    'MongoServerSelectionError',
    'MongooseServerSelectionError',
    'MongoPoolClearedOnNetworkError',
  ])('%s: the database is away', (name) => {
    expect(toDatabaseError(driverError(name))).toMatchObject({ code: 'DATABASE_UNAVAILABLE', retryable: true });
  });

  it.each([
    [10107, 'DATABASE_UNAVAILABLE'],
    [14031, 'DATABASE_UNAVAILABLE'],
    [1, 'DATABASE_UNAVAILABLE'],
    [18, 'DATABASE_ACCESS_DENIED'],
  ])('server code %d: %s', (code, expected) => {
    expect(toDatabaseError(driverError('MongoServerError', { code }))).toMatchObject({ code: expected });
  });

  it('a transaction that lost to another: conflict', () => {
    const error = driverError('MongoServerError', {
      code: 112,
      hasErrorLabel: (label: string) => label === 'TransientTransactionError',
    });
    expect(toDatabaseError(error)).toBeInstanceOf(ConflictError);
  });

  it('leaves other errors as they are', () => {
    const error = new Error('of the handler');
    expect(toDatabaseError(error)).toBe(error);
    const ofProcess = Object.assign(new Error('exited'), { code: 1 });
    expect(toDatabaseError(ofProcess)).toBe(ofProcess);
  });
});

describe('replication', () => {
  it('accepts a replica set member and a router', () => {
    expect(() => requireReplication({ setName: 'rs0' })).not.toThrow();
    expect(() => requireReplication({ msg: 'isdbgrid' })).not.toThrow();
  });

  it('tells how to start a replica set when there is none', () => {
    expect(() => requireReplication({})).toThrow(/mongod --replSet rs0.*rs\.initiate\(\)/);
    expect(() => requireReplication({})).toThrow(expect.objectContaining({ code: 'DATABASE_NOT_REPLICATED' }));
  });
});

describe('MongoDB configuration', () => {
  it('reads authentication and TLS', () => {
    const parsed = mongoEnvironmentSchema.parse({
      MONGO_URL: 'mongodb://h:1/db',
      MONGO_TLS: 'true',
      MONGO_TLS_CA_FILE: __filename,
      MONGO_USERNAME: 'u',
      MONGO_PASSWORD: 'p',
    });
    expect(parsed).toMatchObject({
      tls: { caFile: __filename },
      auth: { username: 'u', password: 'p', source: 'admin' },
    });
  });

  const problems = (variables: object) =>
    mongoEnvironmentSchema
      .safeParse(variables)
      .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

  it('refuses settings that would have no effect, and files that are missing', () => {
    const url = { MONGO_URL: 'mongodb://h:1/db' };
    expect(problems({ ...url, MONGO_TLS_CA_FILE: __filename })).toEqual([
      'MONGO_TLS: must be true where MONGO_TLS_CA_FILE is given',
    ]);
    expect(problems({ ...url, MONGO_PASSWORD: 'p' })).toEqual(['MONGO_USERNAME: must be given with MONGO_PASSWORD']);
    expect(problems({ ...url, MONGO_TLS: 'true', MONGO_TLS_CA_FILE: '/missing/ca.pem' })).toEqual([
      'MONGO_TLS_CA_FILE: must name a file that can be read (ENOENT)',
    ]);
  });

  it('names the variable and the rule', () => {
    expect(problems({})).toEqual(['MONGO_URL: must be a connection string, mongodb://host:port/database']);
    expect(problems({ MONGO_URL: 'postgres://x' })?.[0]).toMatch(/^MONGO_URL: must start with mongodb:/);
    expect(problems({ MONGO_URL: 'mongodb://h', MONGO_USERNAME: 'u' })?.[0]).toMatch(/^MONGO_PASSWORD: /);
  });
});
