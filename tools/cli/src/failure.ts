import { CommandError, exitCode, type ExitCode } from './command.error';

export interface Failure {
  readonly exit: ExitCode;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly details?: unknown;
}

/** Codes of the libraries' errors, where they are not simply a failure. */
const exitByCode: Readonly<Record<string, ExitCode>> = {
  BROKER_UNAVAILABLE: exitCode.unreachable,
  DATABASE_UNAVAILABLE: exitCode.unreachable,
  DEAD_LETTER_NOT_FOUND: exitCode.usage,
  INVALID_CONFIGURATION: exitCode.usage,
  'reset-not-confirmed': exitCode.usage,
  ENOENT: exitCode.usage,
  EACCES: exitCode.usage,
  EISDIR: exitCode.usage,
};

/** What any error means for the caller of the command line. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CommandError) {
    const { exit, code, message, hint, details } = error;
    return { exit, code, message, hint, details };
  }
  const { name, code, message, details } = (error ?? {}) as Partial<Failure> & { name?: string };
  if (name === 'ColumnsError' || error instanceof RangeError) {
    return { exit: exitCode.usage, code: code ?? 'BAD_INPUT', message: message ?? '', details };
  }
  const exit = (code !== undefined && exitByCode[code]) || exitCode.failed;
  return { exit, code: code ?? 'FAILED', message: message ?? String(error), details };
}

/** Lines for standard error. */
export function failureText({ message, hint }: Failure): string {
  return [`perennial: ${message}`, ...(hint ? [`  ${hint}`] : [])].join('\n');
}

export const failureJson = ({ code, message, hint, details }: Failure): string =>
  JSON.stringify({ error: { code, message, hint, details } });
