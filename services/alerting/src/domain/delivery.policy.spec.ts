import { afterTry, parseRetryAfter, resultOfStatus, type DeliveryResult } from './delivery.policy';
import type { Notification } from './notification';

const policy = { initialMs: 1000, maximumMs: 60_000, lateMs: 120_000 };
const pending: Notification = {
  notificationId: 'a.slack.trigger',
  alertId: 'a',
  channel: 'slack',
  action: 'trigger',
  state: 'pending',
  tries: 0,
  nextTryAt: 0,
  createdAt: 0,
  reason: null,
  lateUntil: null,
};
const now = Date.parse('2026-01-04T00:00:00Z');
const tryOnce = (result: DeliveryResult, tries = 0): Notification =>
  afterTry({ ...pending, tries }, result, now, 1, policy);

it('doubles the wait up to the maximum and never gives up on a sink that is away', () => {
  const down: DeliveryResult = { outcome: 'unavailable', reason: 'ECONNREFUSED' };
  const waits = [0, 1, 2, 3, 10, 1000].map((tries) => tryOnce(down, tries).nextTryAt - now);
  expect(waits).toEqual([1000, 2000, 4000, 8000, 60_000, 60_000]);
  expect(tryOnce(down, 1000)).toMatchObject({ state: 'pending', tries: 1001, reason: 'ECONNREFUSED' });
});

it('remembers how long a request without an answer may still be under way, whatever comes of the next', () => {
  const silent = tryOnce({ outcome: 'unanswered', reason: 'timeout' });
  expect(silent).toMatchObject({ state: 'pending', lateUntil: now + 120_000 });
  const answered = { outcome: 'unavailable', reason: 'HTTP 500' } as const;
  for (const result of [{ outcome: 'delivered' }, answered] as const) {
    expect(afterTry(silent, result, now + 5_000, 1, policy).lateUntil).toBe(now + 120_000);
  }
  expect(tryOnce(answered).lateUntil).toBeNull();
});

it('waits at least as long as a throttling sink asks, but no more than an hour', () => {
  const throttled = (retryAfterMs: number | null): DeliveryResult => ({
    outcome: 'throttled',
    reason: '429',
    retryAfterMs,
  });
  expect(tryOnce(throttled(30_000)).nextTryAt - now).toBe(30_000);
  expect(tryOnce(throttled(null)).nextTryAt - now).toBe(1000);
  expect(tryOnce(throttled(1e12)).nextTryAt - now).toBe(3_600_000);
});

it('ends with a delivery or a refusal', () => {
  expect(tryOnce({ outcome: 'delivered' })).toMatchObject({ state: 'sent', tries: 1, reason: null });
  expect(tryOnce({ outcome: 'refused', reason: 'HTTP 400' })).toMatchObject({ state: 'failed', reason: 'HTTP 400' });
});

it.each([
  [200, 'delivered'],
  [202, 'delivered'],
  [302, 'refused'],
  [400, 'refused'],
  [404, 'refused'],
  [408, 'unavailable'],
  [429, 'throttled'],
  [500, 'unavailable'],
  [503, 'unavailable'],
])('status %i means %s', (status, outcome) => {
  expect(resultOfStatus(status, '', null, now).outcome).toBe(outcome);
});

it('reads Retry-After as seconds or as a date', () => {
  expect(parseRetryAfter('120', now)).toBe(120_000);
  expect(parseRetryAfter('Sun, 04 Jan 2026 00:01:00 GMT', now)).toBe(60_000);
  expect(parseRetryAfter('Sat, 03 Jan 2026 00:00:00 GMT', now)).toBe(0);
  expect(parseRetryAfter('soon', now)).toBeNull();
  expect(parseRetryAfter(null, now)).toBeNull();
  expect(resultOfStatus(503, '', '5', now)).toMatchObject({ outcome: 'throttled', retryAfterMs: 5000 });
});
