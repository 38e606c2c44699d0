export type MetricsErrorCode = 'METRICS_EMPTY' | 'METRICS_LENGTH_MISMATCH' | 'METRICS_INVALID_VALUE';

/** Labels or probabilities that no metric is defined on; details name the row. */
export class MetricsError extends Error {
  readonly retryable = false;

  constructor(
    readonly code: MetricsErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'MetricsError';
  }
}
