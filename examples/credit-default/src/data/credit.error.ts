export type CreditDataErrorCode = 'DOWNLOAD_FAILED' | 'WRONG_DIGEST' | 'MEMBER_MISSING';

/** The data could not be had, or is not what was verified when this example was written. */
export class CreditDataError extends Error {
  constructor(
    readonly code: CreditDataErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'CreditDataError';
  }

  get retryable(): boolean {
    return this.code === 'DOWNLOAD_FAILED';
  }
}
