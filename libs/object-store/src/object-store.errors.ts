/**
 * Whether a code may be retried is data, never read from message text. `unbounded`: the store is at fault, not the file
 * (it is away, full, or refuses the service), so whatever needs it is tried again until that ends.
 */
const CODES = {
  OBJECT_NOT_FOUND: { retryable: false, unbounded: false },
  DIGEST_MISMATCH: { retryable: false, unbounded: false },
  WRONG_STORE: { retryable: false, unbounded: false },
  OBJECT_STORE_DENIED: { retryable: false, unbounded: true },
  OBJECT_STORE_REJECTED: { retryable: false, unbounded: false },
  DATABASE_UNAVAILABLE: { retryable: true, unbounded: true },
  OBJECT_STORE_UNAVAILABLE: { retryable: true, unbounded: true },
} as const;

export type ObjectStoreErrorCode = keyof typeof CODES;

export class ObjectStoreError extends Error {
  override readonly name = 'ObjectStoreError';
  readonly retryable: boolean;
  readonly unbounded: boolean;

  constructor(
    readonly code: ObjectStoreErrorCode,
    message: string,
    readonly details: Record<string, unknown> = {},
    cause?: unknown,
  ) {
    super(message, { cause });
    this.retryable = CODES[code].retryable;
    this.unbounded = CODES[code].unbounded;
  }
}
