export type BenchErrorCode = 'bench.unknown' | 'bench.peer-failed' | 'bench.peer-missing' | 'bench.disagreement';

/** The message says what to do about it. */
export class BenchError extends Error {
  readonly retryable = false;

  constructor(
    readonly code: BenchErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'BenchError';
  }
}
