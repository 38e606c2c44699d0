export type RegistryErrorCode = 'RUN_UNKNOWN' | 'VERSION_UNKNOWN' | 'SUBMISSION_UNKNOWN' | 'ARTIFACT_UNREADABLE';

/** An event that can never be handled: it goes to the dead letters. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly retryable = false;

  constructor(
    readonly code: RegistryErrorCode,
    message: string,
    readonly details: Record<string, unknown> = {},
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}
