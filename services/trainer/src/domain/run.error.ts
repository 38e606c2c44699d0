/** Why a requested run cannot be trained, whoever tries it. */
export type RunErrorCode =
  'run.unknown-pipeline' | 'run.strategy-not-declared' | 'run.no-checkpoint' | 'run.search-failed' | 'search.no-score';

export class RunError extends Error {
  override readonly name = 'RunError';
  readonly retryable = false;

  constructor(
    readonly code: RunErrorCode,
    message: string,
    readonly details: Record<string, unknown> = {},
  ) {
    super(message);
  }
}
