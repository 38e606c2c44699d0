import { codeOf } from '@perennial/messaging';
import { ServiceError } from '@perennial/service';

const RETRY_AFTER_SECONDS = 1;

/** What the model runtime and the codecs throw, by code; rows beyond the limit of one call are too much, not wrong. */
const STATUS: Record<string, number> = {
  INVALID_INPUT: 400,
  TOO_MANY_ROWS: 413,
  OVERLOADED: 429,
  DEADLINE_EXCEEDED: 504,
  MODEL_CLOSED: 503,
  WORKER_CRASHED: 503,
  MODEL_UNLOADABLE: 503,
};

interface Problem {
  input?: string;
  value?: unknown;
  rule?: string;
}

/** An error with its HTTP status. The details of wrong input name the first problem's input, value and rule. */
export function predictionFailure(error: unknown): unknown {
  if (error instanceof ServiceError) return error;
  const code = codeOf(error);
  const status = STATUS[code];
  if (status === undefined) return error;
  const { message, details = {} } = error as Error & { details?: Problem & { problems?: Problem[] } };
  if (details.input === 'rows') return new ServiceError('TOO_MANY_ROWS', 413, message, { ...details });
  const { input, value, rule } = details.problems?.[0] ?? details;
  const named = status === 400 ? { input, value, rule } : {};
  return new ServiceError(code, status, message, { ...details, ...named }, { cause: error });
}

/** Seconds for the `Retry-After` header where the same request may succeed soon; else undefined. */
export function retryAfter(error: unknown): string | undefined {
  const status = (error as { status?: unknown }).status;
  return status === 429 || status === 503 ? String(RETRY_AFTER_SECONDS) : undefined;
}
