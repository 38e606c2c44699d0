/** Delays in milliseconds. */
export interface BackoffPolicy {
  initialMs: number;
  maximumMs: number;
}

/**
 * Full jitter: uniform in [0, min(maximum, initial · 2^(attempt−1))], but at least a tenth of it so that a retry
 * never spins. `random` is in [0, 1).
 */
export function backoffDelay(attempt: number, policy: BackoffPolicy, random: number): number {
  const ceiling = Math.min(policy.maximumMs, policy.initialMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(ceiling * (0.1 + 0.9 * random));
}
