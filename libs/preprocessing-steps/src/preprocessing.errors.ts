export type PreprocessingErrorCode = 'REFERENCE_EMPTY' | 'NO_FEATURES' | 'FEATURE_DUPLICATE';

/** The reference day cannot fit the preprocessing; a retry on the same data gives the same. */
export class PreprocessingError extends Error {
  readonly retryable = false;

  constructor(
    readonly code: PreprocessingErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'PreprocessingError';
  }
}
