import { backoffDelay, type BackoffPolicy } from '@perennial/messaging';
import type { Notification } from './notification';

/**
 * What became of one try. Only `refused` is final: the sink will not take this message, however often it is sent.
 * `unanswered`: it was sent, and may still arrive.
 */
export type DeliveryResult =
  | { outcome: 'delivered' }
  | { outcome: 'refused'; reason: string }
  | { outcome: 'throttled'; reason: string; retryAfterMs: number | null }
  | { outcome: 'unavailable' | 'unanswered'; reason: string };

/** The longest wait a sink may ask for. */
const MAXIMUM_RETRY_AFTER_MS = 60 * 60 * 1000;

export interface RetryPolicy extends BackoffPolicy {
  /** How long a request without an answer may still be under way. */
  lateMs: number;
}

/** `random` is in [0, 1). A sink that is down is tried until it is back. */
export function afterTry(
  notification: Notification,
  result: DeliveryResult,
  now: number,
  random: number,
  policy: RetryPolicy,
): Notification {
  const lateUntil = result.outcome === 'unanswered' ? now + policy.lateMs : notification.lateUntil;
  const tried = { ...notification, tries: notification.tries + 1, lateUntil };
  if (result.outcome === 'delivered') return { ...tried, state: 'sent', reason: null };
  if (result.outcome === 'refused') return { ...tried, state: 'failed', reason: result.reason };
  const asked = result.outcome === 'throttled' ? (result.retryAfterMs ?? 0) : 0;
  const wait = Math.max(backoffDelay(tried.tries, policy, random), Math.min(asked, MAXIMUM_RETRY_AFTER_MS));
  return { ...tried, nextTryAt: now + wait, reason: result.reason };
}

/** Retry-After as seconds or as an HTTP date; null when it is neither. */
export function parseRetryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\s*\d+(\.\d+)?\s*$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** A 408 and a 425 ask for another try; every other 4xx but 429 says that the message is wrong. */
export function resultOfStatus(status: number, answer: string, retryAfter: string | null, now: number): DeliveryResult {
  if (status >= 200 && status < 300) return { outcome: 'delivered' };
  const reason = `HTTP ${status}${answer ? `: ${answer.slice(0, 500)}` : ''}`;
  if (status === 429) return { outcome: 'throttled', reason, retryAfterMs: parseRetryAfter(retryAfter, now) };
  if (status === 503 && retryAfter !== null) {
    return { outcome: 'throttled', reason, retryAfterMs: parseRetryAfter(retryAfter, now) };
  }
  const refused = status >= 300 && status < 500 && status !== 408 && status !== 425;
  return refused ? { outcome: 'refused', reason } : { outcome: 'unavailable', reason };
}
