export type FeatureReadErrorCode =
  'FEATURES_UNREACHABLE' | 'FEATURES_REFUSED' | 'FEATURES_FAILED' | 'FEATURES_UNREADABLE';

/** FEATURES_REFUSED (a 4xx answer) and FEATURES_UNREADABLE (not Parquet) will not pass when tried again. */
export class FeatureReadError extends Error {
  override readonly name = 'FeatureReadError';

  constructor(
    readonly code: FeatureReadErrorCode,
    message: string,
    readonly retryable: boolean,
    readonly details: Record<string, unknown>,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
