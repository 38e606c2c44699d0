import type { PastClaim } from '../domain/claim.order';

/** Pieces of work that are ordered at once; more wait for a later look. */
export const QUEUE_LIMIT = 10_000;

/** Running ones too: a trainer that was lost cannot say so, only its lease can. */
export const waitsAt = (now: Date): object[] => [
  { state: 'queued', $or: [{ notBefore: null }, { notBefore: { $lte: now } }] },
  { state: 'running' },
];

export const claimedSince = (since: string): object => ({ claimedAt: { $gte: new Date(since) } });

export const pastClaims = (found: readonly { pipeline: string; claimedAt: Date | null }[]): PastClaim[] =>
  found.map(({ pipeline, claimedAt }) => ({ pipeline, at: String(claimedAt?.toISOString()) }));
