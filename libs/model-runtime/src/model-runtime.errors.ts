/** Whether a code may be retried is data, never read from message text. */
const RETRYABLE = {
  INVALID_INPUT: false,
  MODEL_UNLOADABLE: false,
  MODEL_CLOSED: false,
  INFERENCE_FAILED: false,
  WORKER_MISSING: false,
  WORKER_CRASHED: true,
  TRIAL_UNFINISHED: true,
  OVERLOADED: true,
  DEADLINE_EXCEEDED: true,
} as const;

export type ModelRuntimeErrorCode = keyof typeof RETRYABLE;

export class ModelRuntimeError extends Error {
  override readonly name = 'ModelRuntimeError';
  readonly retryable: boolean;

  constructor(
    readonly code: ModelRuntimeErrorCode,
    message: string,
    readonly details: Record<string, unknown> = {},
    cause?: unknown,
  ) {
    super(message, { cause });
    this.retryable = RETRYABLE[code];
  }
}
