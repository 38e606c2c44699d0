import { backoffDelay, type BackoffPolicy } from '../backoff';
import { codeOf, isRetryable, isUnbounded } from '../errors';
import type { Middleware } from '../handler';
import type { MessagingMetrics } from '../metrics';
import type { Sleep } from '../ports';

export interface RetryPolicy extends BackoffPolicy {
  /** Tries in all for an ordinary retryable error. */
  attempts: number;
}

export const defaultRetryPolicy: RetryPolicy = { attempts: 5, initialMs: 200, maximumMs: 10_000 };

const attempts = new WeakMap<object, number>();

/** How often the handler was tried before this error was given up; 1 for an error that was never retried. */
export const attemptsOf = (error: unknown): number =>
  typeof error === 'object' && error !== null ? (attempts.get(error) ?? 1) : 1;

/**
 * Reads `retryable` from the error's data. Tries while the broker or the database is away, or refuses the service, do
 * not count against the bound: an outage or a changed password must not turn good records into dead letters.
 */
export const retry =
  (policy: RetryPolicy, sleep: Sleep, random: () => number, metrics: MessagingMetrics): Middleware =>
  (next) =>
  async (delivery) => {
    let counted = 0;
    for (let attempt = 1; ; attempt++) {
      try {
        return await next({ ...delivery, attempt });
      } catch (error) {
        const unbounded = isUnbounded(error);
        if (!unbounded) counted++;
        const exhausted = !unbounded && (!isRetryable(error) || counted >= policy.attempts);
        if (exhausted || delivery.signal.aborted) throw withAttempts(error, attempt);
        const delayMs = backoffDelay(attempt, policy, random());
        const labels = { destination: delivery.record.topic, group: delivery.group, error: codeOf(error) };
        metrics.retried(labels);
        delivery.logger.warn({ err: error, code: labels.error, attempt, delayMs }, 'Handling failed, trying again');
        await sleep(delayMs, delivery.signal);
      }
    }
  };

function withAttempts(error: unknown, attempt: number): unknown {
  const thrown = typeof error === 'object' && error !== null ? error : new Error(String(error));
  attempts.set(thrown, attempt);
  return thrown;
}
