import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { silentLogger } from '@perennial/messaging';
import { OidcTokens } from './oidc.tokens';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

/** An issuer with keys that rotate, and that can be away. */
class Issuer {
  readonly keys = new Map<string, Pair>();
  away = false;
  asked = 0;
  private server: Server | undefined;
  url = '';

  async start(): Promise<void> {
    this.server = createServer((request, response) => void this.answer(request.url ?? '', response));
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  private async answer(path: string, response: import('node:http').ServerResponse): Promise<void> {
    this.asked += 1;
    response.statusCode = this.away ? 503 : 200;
    response.setHeader('content-type', 'application/json');
    if (path === '/.well-known/openid-configuration') {
      response.end(JSON.stringify({ issuer: this.url, jwks_uri: `${this.url}/keys` }));
      return;
    }
    const keys = await Promise.all(
      [...this.keys].map(async ([kid, { publicKey }]) => ({ ...(await exportJWK(publicKey)), kid, alg: 'ES256' })),
    );
    response.end(JSON.stringify({ keys }));
  }

  async sign(kid: string, claims: JWTPayload = {}, pair = this.keys.get(kid) as Pair): Promise<string> {
    const token = new SignJWT({ iss: this.url, aud: 'perennial', sub: 'ann', scope: 'predict', ...claims });
    if (claims.exp === undefined) token.setExpirationTime('1h');
    return token.setProtectedHeader({ alg: 'ES256', kid }).sign(pair.privateKey);
  }

  stop(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }
}

const issuer = new Issuer();
const pairs: Pair[] = [];
beforeAll(async () => {
  await issuer.start();
  for (let n = 0; n < 3; n += 1) pairs.push(await generateKeyPair('ES256', { extractable: true }));
  issuer.keys.set('one', pairs[0] as Pair);
});
afterAll(() => issuer.stop());

const tokens = (changes: Partial<ConstructorParameters<typeof OidcTokens>[0]> = {}) =>
  new OidcTokens({
    issuer: issuer.url,
    audience: ['perennial'],
    algorithms: ['ES256'],
    clockToleranceSeconds: 30,
    scopeClaim: 'scope',
    scopePrefix: '',
    nameClaim: 'sub',
    logger: silentLogger as never,
    ...changes,
  });
const seconds = () => Math.floor(Date.now() / 1000);
const verify = async (verifier: OidcTokens, token: string, now = Date.now()) => verifier.verify(token, now);

describe('tokens of an issuer', () => {
  it('tell who asks and what that one may', async () => {
    const token = await issuer.sign('one', { scope: 'openid predict models:read@credit' });
    const principal = await verify(tokens(), token);
    expect(principal).toMatchObject({ kind: 'token', subject: 'ann', id: `token:${issuer.url}#ann` });
    const { grants } = principal;
    expect([grants.allowsAll('predict'), grants.allows('models:read', 'credit'), grants.allowsAll('admin')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('are verified once, and their keys asked for once', async () => {
    const verifier = tokens();
    const token = await issuer.sign('one');
    const before = issuer.asked;
    await verify(verifier, token);
    expect(verifier.verify(token, Date.now())).toMatchObject({ subject: 'ann' });
    await verify(verifier, await issuer.sign('one', { sub: 'bob' }));
    expect(issuer.asked - before).toBe(2);
  });

  it('are refused after their end, also when they were verified before', async () => {
    const verifier = tokens();
    const exp = seconds() + 10;
    const token = await issuer.sign('one', { exp });
    await verify(verifier, token, exp * 1000 - 10_000);
    await verify(verifier, token, exp * 1000 + 29_000);
    await expect(verify(verifier, token, exp * 1000 + 31_000)).rejects.toMatchObject({
      status: 401,
      message: expect.stringContaining('has expired'),
    });
  });

  it.each<[string, () => Promise<string> | string, RegExp]>([
    ['of another audience', () => issuer.sign('one', { aud: 'shop' }), /claim aud/],
    ['of another issuer', () => issuer.sign('one', { iss: 'https://other.example' }), /claim iss/],
    ['that begin later', () => issuer.sign('one', { nbf: seconds() + 100 }), /claim nbf/],
    ['without a subject', () => issuer.sign('one', { sub: undefined }), /claim sub/],
    ['that are too old', () => issuer.sign('one', { exp: seconds() - 31 }), /has expired/],
    ['signed by somebody else', () => issuer.sign('one', {}, pairs[2]), /signature of the token is wrong/],
    ['by a key that nobody has', () => issuer.sign('nine', {}, pairs[2]), /no such key/],
    ['that are not signed', () => new UnsecuredJWT({ sub: 'ann' }).encode(), /neither a key nor a token|not allowed/],
    ['that are no tokens', () => 'abc', /neither a key nor a token/],
    ['that are endless', () => 'a'.repeat(20_000), /too long/],
    [
      'signed with the public key as a shared secret',
      async () => {
        const secret = new TextEncoder().encode(JSON.stringify(await exportJWK((pairs[0] as Pair).publicKey)));
        const claims = { iss: issuer.url, aud: 'perennial', sub: 'ann' };
        return new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256', kid: 'one' })
          .setExpirationTime('1h')
          .sign(secret);
      },
      /algorithm of the token is not allowed/,
    ],
  ])('%s are refused', async (_, token, message) => {
    await expect(verify(tokens(), await token())).rejects.toMatchObject({
      status: 401,
      message: expect.stringMatching(message),
      challenge: expect.stringContaining('error="invalid_token"'),
    });
  });

  it('signed by a key that is new to the issuer are accepted, those of one that it gave up are not', async () => {
    const verifier = tokens();
    const old = await issuer.sign('one');
    await verify(verifier, old);
    issuer.keys.set('two', pairs[1] as Pair);
    // The issuer is asked for unknown keys at most every half minute.
    const later = tokens();
    expect(await verify(later, await issuer.sign('two'))).toMatchObject({ subject: 'ann' });
    issuer.keys.delete('one');
    await expect(verify(tokens(), old)).rejects.toMatchObject({ status: 401 });
    issuer.keys.set('one', pairs[0] as Pair);
    issuer.keys.delete('two');
  });

  it('are not refused, but answered later, while the issuer is away', async () => {
    issuer.away = true;
    try {
      const verifier = tokens();
      const token = await issuer.sign('one');
      await expect(verify(verifier, token)).rejects.toMatchObject({ status: 503, code: 'ISSUER_UNAVAILABLE' });
      issuer.away = false;
      expect(await verify(verifier, token)).toMatchObject({ subject: 'ann' });
    } finally {
      issuer.away = false;
    }
  });

  it.each<[object, string, string[]]>([
    [{ realm_access: { roles: ['ml:predict', 'predict', 'ml:labels'] } }, 'realm_access.roles', ['predict', 'labels']],
    [{ 'https://x.example/scopes': ['ml:admin'] }, 'https://x.example/scopes', ['admin']],
    [{}, 'nothing.here', []],
  ])('of %j give the scopes at %s', async (claims, scopeClaim, expected) => {
    const verifier = tokens({ scopeClaim, scopePrefix: 'ml:' });
    const { grants } = await verify(verifier, await issuer.sign('one', { ...claims }));
    const own = (['predict', 'labels', 'admin'] as const).filter((scope) => grants.allowsSome(scope));
    expect(own).toEqual(expected.includes('admin') ? ['predict', 'labels', 'admin'] : expected);
  });

  it('go on record by the claim that is chosen, and are refused without it', async () => {
    const verifier = tokens({ nameClaim: 'email' });
    const email = 'ann@shop.example';
    expect(await verify(verifier, await issuer.sign('one', { email }))).toMatchObject({ subject: email });
    await expect(verify(verifier, await issuer.sign('one'))).rejects.toThrow(/claim email names nobody/);
  });
});
