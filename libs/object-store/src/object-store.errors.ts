/** Whether a code may be retried is data, never read from message text. */
const RETRYABLE = {
  OBJECT_NOT_FOUND: false,
  DIGEST_MISMATCH: false,
  WRONG_STORE: false,
  OBJECT_STORE_DENIED: false,
  OBJECT_STORE_REJECTED: false,
  DATABASE_UNAVAILABLE: true,
  OBJECT_STORE_UNAVAILABLE: true,
} as const;

export type ObjectStoreErrorCode = keyof typeof RETRYABLE;

export class ObjectStoreError extends Error {
  override readonly name = 'ObjectStoreError';
  readonly retryable: boolean;

  constructor(
    readonly code: ObjectStoreErrorCode,
    message: string,
    readonly details: Record<string, unknown> = {},
    cause?: unknown,
  ) {
    super(message, { cause });
    this.retryable = RETRYABLE[code];
  }
}
