export type PreprocessingReadErrorCode =
  'PREPROCESSING_UNREACHABLE' | 'PREPROCESSING_REFUSED' | 'PREPROCESSING_FAILED' | 'PREPROCESSING_UNREADABLE';

export class PreprocessingReadError extends Error {
  override readonly name = 'PreprocessingReadError';

  constructor(
    readonly code: PreprocessingReadErrorCode,
    message: string,
    readonly retryable: boolean,
    readonly details: Record<string, unknown>,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}
