import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { AccessControl } from './access.control';
import { newKeyParts } from './api.key';
import { credentialOf } from './credential';
import { createKey } from './key.changes';
import { emptyKeys } from './key.document';
import { KeyRing } from './key.ring';
import { grantsOf } from './scope';
import { TokenBucket } from './token.bucket';

const wish = { name: 'a', scopes: ['predict@credit', 'models:read'], lifetimeMs: null };
const { document, key } = createKey(emptyKeys, wish, newKeyParts(randomBytes(38)), 0);
const token = { kind: 'token', id: 'token:i#s', subject: 's', grants: grantsOf(['predict']) } as const;

function control(limit?: { perSecond: number; burst: number }) {
  const time = { now: 0 };
  const ring = new KeyRing(document);
  const tokens = { verify: async (text: string) => ({ ...token, subject: text }) };
  const clock = { now: () => time.now, elapsed: () => time.now };
  return { time, access: new AccessControl({ keys: () => ring, tokens, limit, ...clock }) };
}

describe('access control', () => {
  it('knows keys at once and tokens when they are verified', async () => {
    const { access } = control();
    expect(access.enter(key)).toMatchObject({ kind: 'key', subject: 'a' });
    expect(await access.enter('jwt')).toMatchObject({ kind: 'token', subject: 'jwt' });
  });

  it('asks for a credential where none is given, and says how', () => {
    const refused = () => control().access.enter(undefined);
    expect(refused).toThrow(expect.objectContaining({ status: 401, challenge: 'Bearer realm="perennial"' }));
  });

  it('says which scope is missing', () => {
    const { access } = control();
    const principal = access.enter(key) as typeof token;
    expect(() => access.authorize(principal, 'predict', 'credit')).not.toThrow();
    const refused = () => access.authorize(principal, 'predict', 'fraud');
    expect(refused).toThrow(
      expect.objectContaining({ status: 403, message: 'a lacks the scope predict@fraud', code: 'FORBIDDEN' }),
    );
    expect(() => access.authorize(principal, 'predict', undefined)).toThrow(/lacks the scope predict$/);
  });

  it('lets each credential ask as often as its limit says, and tells when again', async () => {
    const { access, time } = control({ perSecond: 0.5, burst: 2 });
    access.enter(key);
    access.enter(key);
    expect(() => access.enter(key)).toThrow(expect.objectContaining({ status: 429, retryAfter: 2 }));
    await expect(access.enter('jwt')).resolves.toBeDefined();
    time.now = 2_000;
    expect(access.enter(key)).toMatchObject({ subject: 'a' });
    expect(() => access.enter(key)).toThrow(expect.objectContaining({ code: 'TOO_MANY_REQUESTS' }));
  });
});

describe('a token bucket', () => {
  it('lets through no more than its burst and its rate in any time, and no less than waiting as told', () => {
    const arrivals = fc.array(fc.nat(3_000), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 5 }), arrivals, (rate, burst, pauses) => {
        const bucket = new TokenBucket(rate, burst, 0);
        const taken: number[] = [];
        let now = 0;
        for (const pause of pauses) {
          now += pause;
          const wait = bucket.take(now);
          if (wait === 0) taken.push(now);
          else {
            now += wait + 1e-6;
            expect(bucket.take(now)).toBe(0);
            taken.push(now);
          }
        }
        for (const [index, from] of taken.entries()) {
          for (const [more, to] of taken.slice(index).entries()) {
            expect(more + 1).toBeLessThanOrEqual(burst + ((to - from) / 1000) * rate + 1e-6);
          }
        }
      }),
    );
  });
});

it.each([
  [undefined, undefined, undefined],
  ['Bearer abc', undefined, 'abc'],
  ['bearer  abc ', 'other', 'abc'],
  [undefined, 'abc', 'abc'],
  ['', '', undefined],
])('Authorization %j and X-API-Key %j give %j', (authorization, apiKey, expected) => {
  expect(credentialOf(authorization, apiKey)).toBe(expected);
});

it.each(['Basic YTpi', 'Bearer', 'Bearer a b', 'abc'])('Authorization %j is refused', (header) => {
  expect(() => credentialOf(header, 'abc')).toThrow(/must be Bearer/);
});
