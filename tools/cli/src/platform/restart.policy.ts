const firstDelayMs = 500;
const longestDelayMs = 15_000;
/** A process that ran this long had started well: its next restart is not delayed by earlier failures. */
const settledAfterMs = 30_000;

export interface RestartDecision {
  /** Ends in a row without having settled, this one included. */
  readonly failures: number;
  readonly delayMs: number;
}

/** Doubling pauses, so that a service that cannot start does not take the machine with it. */
export function restartAfter(previousFailures: number, uptimeMs: number): RestartDecision {
  const failures = uptimeMs >= settledAfterMs ? 1 : previousFailures + 1;
  return { failures, delayMs: Math.min(longestDelayMs, firstDelayMs * 2 ** (failures - 1)) };
}
