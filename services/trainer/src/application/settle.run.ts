import { type Clock, codeOf, isRetryable, type Logger } from '@perennial/messaging';
import { RUN_EXPIRED, type RunLimits } from '../domain/run.decider';
import type { RunFailure } from '../domain/training.run';
import type { ClaimedRun } from './claim.run';
import type { TrainingMetrics } from './ports';
import type { RunLedger } from './run.ledger';
import { StaleClaimError } from './stale-claim.error';

type Cause = 'permanent' | 'external' | 'lost';

/** Read from the error's data: whether it may be retried, and whether the training process itself died. */
function causeOf(error: unknown): Cause {
  if (!isRetryable(error)) return 'permanent';
  return codeOf(error) === 'training.process-failed' ? 'lost' : 'external';
}

function reasonOf({ expired, run }: ClaimedRun, error: unknown): { cause: Cause; failure: RunFailure } {
  if (expired.aborted) {
    return { cause: 'permanent', failure: { code: RUN_EXPIRED, message: `was due by ${run.deadline}` } };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { cause: causeOf(error), failure: { code: codeOf(error), message } };
}

/** What becomes of a run whose execution ended early. */
export class SettleRun {
  constructor(
    private readonly ledger: RunLedger,
    private readonly limits: RunLimits,
    private readonly clock: Clock,
    private readonly metrics: TrainingMetrics,
    private readonly logger: Logger,
  ) {}

  /** The trainer stops: the run waits for the next one. */
  async handBack(claimed: ClaimedRun, reason: string): Promise<void> {
    const { run, claim } = claimed;
    await this.ledger.apply(claimed, { type: 'hand-back', at: this.clock.now(), claim, reason });
    this.metrics.ended('handed-back');
    this.logger.info({ runId: run.runId, claim: claim.number }, 'run handed back');
  }

  async failed(claimed: ClaimedRun, error: unknown): Promise<void> {
    const { run, claim } = claimed;
    if (claimed.lease.lost.aborted || error instanceof StaleClaimError) {
      this.metrics.ended('lost');
      return this.logger.warn({ err: error, runId: run.runId, claim: claim.number }, 'run lost to another trainer');
    }
    const { cause, failure } = reasonOf(claimed, error);
    const after = await this.ledger.apply(claimed, {
      type: 'fail',
      at: this.clock.now(),
      claim,
      cause,
      failure,
      limits: this.limits,
    });
    const over = after?.state === 'failed';
    this.metrics.ended(over ? 'failed' : 'interrupted');
    const fields = { err: error, runId: run.runId, claim: claim.number, retryAt: after?.notBefore };
    this.logger.warn(fields, over ? 'run failed' : 'run interrupted; it is tried again');
  }
}
