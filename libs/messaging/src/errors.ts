/**
 * Every error code of messaging. `retryable`: the same call may succeed later by itself. `unbounded`: the record is
 * not at fault, so its handling is tried again until the process stops, whether or not a person has to act first.
 */
export const errorCodes = {
  MALFORMED_ENVELOPE: { retryable: false, unbounded: false },
  MALFORMED_DATA: { retryable: false, unbounded: false },
  INVALID_DATA: { retryable: false, unbounded: false },
  UNKNOWN_TYPE: { retryable: false, unbounded: false },
  INVALID_CONFIGURATION: { retryable: false, unbounded: false },
  HANDLER_FAILED: { retryable: true, unbounded: false },
  HANDLER_TIMEOUT: { retryable: true, unbounded: false },
  CONFLICT: { retryable: true, unbounded: false },
  LEASE_LOST: { retryable: true, unbounded: false },
  BROKER_UNAVAILABLE: { retryable: true, unbounded: true },
  DATABASE_UNAVAILABLE: { retryable: true, unbounded: true },
  BROKER_REJECTED: { retryable: false, unbounded: false },
  BROKER_ACCESS_DENIED: { retryable: false, unbounded: true },
  BROKER_TLS_FAILED: { retryable: false, unbounded: true },
  TOPIC_CREATION_FORBIDDEN: { retryable: false, unbounded: false },
  TOPIC_MISMATCH: { retryable: false, unbounded: false },
  FOREIGN_INSTALLATION: { retryable: false, unbounded: false },
  DATABASE_NOT_REPLICATED: { retryable: false, unbounded: false },
  DATABASE_ACCESS_DENIED: { retryable: false, unbounded: true },
  DATABASE_TLS_FAILED: { retryable: false, unbounded: true },
  DEAD_LETTER_NOT_FOUND: { retryable: false, unbounded: false },
  DEAD_LETTER_INCOMPLETE: { retryable: false, unbounded: false },
  SHUTTING_DOWN: { retryable: true, unbounded: false },
} as const satisfies Record<string, { retryable: boolean; unbounded: boolean }>;

export type MessagingErrorCode = keyof typeof errorCodes;

export interface MessagingErrorOptions {
  details?: Record<string, unknown>;
  cause?: unknown;
}

export class MessagingError extends Error {
  readonly retryable: boolean;
  readonly details: Record<string, unknown>;

  constructor(
    readonly code: MessagingErrorCode,
    message: string,
    options: MessagingErrorOptions = {},
  ) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.retryable = errorCodes[code].retryable;
    this.details = options.details ?? {};
  }
}

/** A record that can never be decoded, however often it is delivered. */
export class DecodeError extends MessagingError {}

/** Another writer changed the document first; loading and deciding again may succeed. */
export class ConflictError extends MessagingError {
  constructor(message: string, options: MessagingErrorOptions = {}) {
    super('CONFLICT', message, options);
  }
}

const property = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[name] : undefined;

/** The error's own code; errors without one count as a failed handler. */
export function codeOf(error: unknown): string {
  const code = property(error, 'code');
  return typeof code === 'string' ? code : 'HANDLER_FAILED';
}

/** Read from the error's data. An error that does not say may be retried, a bounded number of times. */
export function isRetryable(error: unknown): boolean {
  const retryable = property(error, 'retryable');
  return typeof retryable === 'boolean' ? retryable : true;
}

/**
 * What the service depends on is away, full or refuses it: tried again until that ends or the process stops. Errors of
 * other libraries say so by a property `unbounded`.
 */
export function isUnbounded(error: unknown): boolean {
  const told = property(error, 'unbounded');
  if (typeof told === 'boolean') return told;
  const code = codeOf(error);
  return code in errorCodes && errorCodes[code as MessagingErrorCode].unbounded;
}
