/** An expected failure with its HTTP status. `details` name the field, the value and the rule. */
export class ServiceError extends Error {
  readonly retryable: boolean;

  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
    readonly details: Record<string, unknown> = {},
    options: { retryable?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'ServiceError';
    this.retryable = options.retryable ?? status >= 500;
  }
}
