/** Another trainer has taken the run up: what this one made of it does not count. */
export class StaleClaimError extends Error {
  override readonly name = 'StaleClaimError';
  readonly code = 'run.stale-claim';
  readonly retryable = false;

  constructor(
    readonly runId: string,
    readonly claim: number,
  ) {
    super(`claim ${claim} of run ${runId} is not the newest any more`);
  }
}
