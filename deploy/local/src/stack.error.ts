export type StackErrorCode =
  | 'java-missing'
  | 'java-too-old'
  | 'maven-missing'
  | 'python-missing'
  | 'python-too-old'
  | 'virtual-environment-failed'
  | 'download-failed'
  | 'home-unusable'
  | 'port-taken'
  | 'lock-timeout'
  | 'start-failed'
  | 'start-timeout'
  | 'not-running'
  | 'stop-failed'
  | 'reset-not-confirmed';

const retryableCodes: ReadonlySet<StackErrorCode> = new Set([
  'download-failed',
  'port-taken',
  'lock-timeout',
  'start-timeout',
]);

/** Failure of the local stack; the message says what to do about it. */
export class StackError extends Error {
  readonly retryable: boolean;

  constructor(
    readonly code: StackErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'StackError';
    this.retryable = retryableCodes.has(code);
  }
}
