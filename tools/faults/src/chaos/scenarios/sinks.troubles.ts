/** What a sink of alerts can be like. */
export const troubles = [
  'down',
  'slow',
  'too-many-requests',
  'server-error',
  'hanging-up',
  'untrusted',
  'refusing',
] as const;
export type Trouble = (typeof troubles)[number];

/** What a sink that is asked too often tells its callers to wait. */
export const retryAfterSeconds = 3;

/** Only this one ends the tries: the sink will never take the message. */
export const isFinal = (trouble: Trouble): boolean => trouble === 'refusing';

/** What each failed try must give as its reason. */
export const reasons: Readonly<Record<Trouble, RegExp>> = {
  down: /ECONNREFUSED/,
  slow: /timeout/i,
  'too-many-requests': /^HTTP 429/,
  'server-error': /^HTTP 500/,
  'hanging-up': /closed|socket|ECONNRESET|terminated/i,
  untrusted: /certificate|self-signed|issuer/i,
  refusing: /^HTTP 400/,
};

/** Pauses between tries, of which none may be shorter than the sink asked for; milliseconds of a monotonic clock. */
export function hasty(triedAtMs: readonly number[], askedMs: number): number[] {
  // A timer may fire a little early, and the answer takes its time on the way.
  const toleranceMs = 100;
  return triedAtMs
    .slice(1)
    .map((at, index) => at - triedAtMs[index]!)
    .filter((gap) => gap < askedMs - toleranceMs);
}
