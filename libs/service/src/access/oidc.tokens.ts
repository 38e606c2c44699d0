import { hash } from 'node:crypto';
import { AccessError, type Principal, refusal, type TokenVerifier } from '@perennial/access';
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import type { Logger } from '../logger';
import { type ClaimMapping, principalOf } from './token.claims';

export interface OidcOptions extends ClaimMapping {
  readonly issuer: string;
  readonly audience: readonly string[];
  /** Default: as the issuer's discovery document says. */
  readonly keysUrl?: string;
  readonly algorithms: readonly string[];
  readonly clockToleranceSeconds: number;
  readonly logger: Logger;
}

type Keys = ReturnType<typeof createRemoteJWKSet>;

interface Verified {
  readonly principal: Principal;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Longer than any token that is reasonable. */
const MAX_LENGTH = 16_384;
const REMEMBERED = 10_000;
/** After that a token is verified again, by the issuer's keys of then. */
const REMEMBERED_MS = 60_000;
/** Keys are asked for again this often, and when a token names one that is not known. */
const REFRESH_MS = 600_000;
/** An issuer may be away for so long before its keys are trusted no more. */
const TRUSTED_MS = 86_400_000;
const TIMEOUT_MS = 5_000;

/** Reasons of our own: those of the library quote claims. */
const reasons: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: 'the token has expired',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'the signature of the token is wrong',
  ERR_JWKS_NO_MATCHING_KEY: 'the issuer has no such key',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'the token does not say which key of the issuer signed it',
  ERR_JOSE_ALG_NOT_ALLOWED: 'the algorithm of the token is not allowed',
};

function reasonOf(error: unknown): string | undefined {
  if (error instanceof errors.JWTClaimValidationFailed) return `the claim ${error.claim} of the token is wrong`;
  const { code } = error as { code?: string };
  if (code !== undefined && code in reasons) return reasons[code];
  const malformed = error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid;
  if (malformed || error instanceof errors.JOSENotSupported)
    return 'it is neither a key nor a token that is accepted here';
  return undefined;
}

const unreachable = (cause: unknown): AccessError =>
  new AccessError('ISSUER_UNAVAILABLE', 503, 'The keys of the token issuer cannot be read', { retryAfter: 5, cause });

/** Tokens of one OpenID Connect issuer, by its published keys. */
export class OidcTokens implements TokenVerifier {
  private keys: Promise<Keys> | undefined;
  private readonly verified = new Map<string, Verified>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: OidcOptions) {}

  /** Asks for the keys already now, and again from time to time. The issuer may be away. */
  start(): void {
    const refresh = () =>
      this.issuerKeys()
        .then((keys) => keys.reload())
        .catch((error: Error) =>
          this.options.logger.warn({ issuer: this.options.issuer, reason: error.message }, 'The token issuer is away'),
        );
    this.timer = setInterval(() => void refresh(), REFRESH_MS).unref();
    void refresh();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  verify(token: string, now: number): Principal | Promise<Principal> {
    if (token.length > MAX_LENGTH) throw refusal('it is too long');
    // Remembered by its digest: a token that is valid is a secret.
    const digest = hash('sha256', token, 'base64');
    const known = this.verified.get(digest);
    if (known && known.until > now) return known.principal;
    this.verified.delete(digest);
    return this.check(token, digest, now);
  }

  private async check(token: string, digest: string, now: number): Promise<Principal> {
    const claims = await this.claimsOf(token, now);
    const principal = principalOf(claims, this.options);
    const expires = ((claims.exp as number) + this.options.clockToleranceSeconds) * 1000;
    this.verified.set(digest, { principal, until: Math.min(expires, now + REMEMBERED_MS) });
    if (this.verified.size > REMEMBERED) this.verified.delete(this.verified.keys().next().value as string);
    return principal;
  }

  private async claimsOf(token: string, now: number): Promise<JWTPayload> {
    const { issuer, audience, algorithms, clockToleranceSeconds } = this.options;
    try {
      const { payload } = await jwtVerify(token, await this.issuerKeys(), {
        issuer,
        audience: [...audience],
        algorithms: [...algorithms],
        clockTolerance: clockToleranceSeconds,
        requiredClaims: ['exp', 'sub'],
        currentDate: new Date(now),
      });
      return payload;
    } catch (error) {
      const reason = reasonOf(error);
      throw reason === undefined ? unreachable(error) : refusal(reason, error);
    }
  }

  private issuerKeys(): Promise<Keys> {
    this.keys ??= this.findKeys().catch((error: unknown) => {
      this.keys = undefined;
      throw error;
    });
    return this.keys;
  }

  private async findKeys(): Promise<Keys> {
    const { issuer, keysUrl } = this.options;
    return createRemoteJWKSet(new URL(keysUrl ?? (await discoveredKeys(issuer))), {
      timeoutDuration: TIMEOUT_MS,
      cacheMaxAge: TRUSTED_MS,
    });
  }
}

/** OpenID Connect Discovery 1.0, 4. */
async function discoveredKeys(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  const { issuer: named, jwks_uri: keys } = (await answer.json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (named !== issuer) throw new Error(`${url} is about another issuer`);
  if (typeof keys !== 'string' || new URL(keys).protocol !== new URL(issuer).protocol) {
    throw new Error(`${url} names no keys, or without TLS`);
  }
  return keys;
}
