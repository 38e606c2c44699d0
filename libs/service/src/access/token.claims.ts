import { grantsOf, type Principal, refusal } from '@perennial/access';

export interface ClaimMapping {
  /** `a.b` is the claim b within a. */
  readonly scopeClaim: string;
  readonly scopePrefix: string;
  readonly nameClaim: string;
}

type Claims = Readonly<Record<string, unknown>>;

/** A claim whose name holds dots is found by its whole name first: URLs are names of claims. */
function claimAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  return path.split('.').reduce<unknown>((value, name) => {
    const within = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
    return within ? (value as Claims)[name] : undefined;
  }, claims);
}

/** Scopes are one text separated by spaces (RFC 8693), or a list of texts. */
function textsOf(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ').filter(Boolean);
  return Array.isArray(claim) ? claim.filter((each) => typeof each === 'string') : [];
}

/** Who holds a token with these claims, which were verified. Throws AccessError 401 where it does not name anybody. */
export function principalOf(claims: Claims, { scopeClaim, scopePrefix, nameClaim }: ClaimMapping): Principal {
  const subject = claimAt(claims, nameClaim);
  if (typeof subject !== 'string' || subject.trim() === '') throw refusal(`the claim ${nameClaim} names nobody`);
  const ours = textsOf(claimAt(claims, scopeClaim)).filter((text) => text.startsWith(scopePrefix));
  const grants = grantsOf(ours.map((text) => text.slice(scopePrefix.length)));
  return { kind: 'token', id: `token:${String(claims.iss)}#${String(claims.sub)}`, subject, grants };
}
