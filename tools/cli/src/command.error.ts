/** What a shell script reads; documented in the help. */
export const exitCode = { ok: 0, failed: 1, usage: 2, unreachable: 3, interrupted: 130 } as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

export interface CommandErrorOptions {
  /** What to do about it. */
  readonly hint?: string;
  readonly code?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** A failure that a person can act on. */
export class CommandError extends Error {
  readonly retryable = false;
  readonly hint: string | undefined;
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    readonly exit: ExitCode,
    message: string,
    options: CommandErrorOptions = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'CommandError';
    this.hint = options.hint;
    this.code = options.code ?? defaultCode(exit);
    this.details = options.details ?? {};
  }
}

const defaultCode = (exit: ExitCode): string =>
  exit === exitCode.usage ? 'BAD_INPUT' : exit === exitCode.unreachable ? 'UNREACHABLE' : 'FAILED';

export const badInput = (message: string, options?: CommandErrorOptions) =>
  new CommandError(exitCode.usage, message, options);

export const failed = (message: string, options?: CommandErrorOptions) =>
  new CommandError(exitCode.failed, message, options);

export const unreachable = (message: string, options?: CommandErrorOptions) =>
  new CommandError(exitCode.unreachable, message, options);

export const interrupted = () => new CommandError(exitCode.interrupted, 'interrupted', { code: 'INTERRUPTED' });
