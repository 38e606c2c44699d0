/** The closed list of ways training fails, and whether the same request may succeed when tried again. */
const codes = {
  'training.no-rows': false,
  'training.one-class': false,
  'training.invalid-request': false,
  'training.invalid-checkpoint': false,
  'training.checkpoint-mismatch': false,
  'training.diverged': false,
  'training.cancelled': false,
  'training.not-built': false,
  'training.library-missing': false,
  'training.library-failed': false,
  'training.process-failed': true,
} as const;

export type TrainingErrorCode = keyof typeof codes;

export class TrainingError extends Error {
  readonly retryable: boolean;

  constructor(
    readonly code: TrainingErrorCode,
    message: string,
    readonly details: Record<string, unknown> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'TrainingError';
    this.retryable = codes[code];
  }
}
