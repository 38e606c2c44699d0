import { type Clock, codeOf, isRetryable, type Logger } from '@perennial/messaging';
import type { FailureCause } from '../domain/queued.work';
import { RUN_EXPIRED, type RunLimits } from '../domain/run.decider';
import type { RunFailure } from '../domain/training.run';
import type { ClaimedRun } from './claim.run';
import type { TrainingMetrics } from './ports';
import { StaleClaimError } from './stale-claim.error';
import type { WorkLedger } from './work.ledger';

/** Read from the error's data: whether it may be retried, and whether the training process itself died. */
function causeOf(error: unknown): FailureCause {
  if (!isRetryable(error)) return 'permanent';
  return codeOf(error) === 'training.process-failed' ? 'lost' : 'external';
}

function reasonOf({ expired, run }: ClaimedRun, error: unknown): { cause: FailureCause; failure: RunFailure } {
  if (expired.aborted) {
    return { cause: 'permanent', failure: { code: RUN_EXPIRED, message: `was due by ${run.deadline}` } };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { cause: causeOf(error), failure: { code: codeOf(error), message } };
}

const nameOf = ({ run, task }: ClaimedRun): object => (task ? { taskId: task.taskId } : { runId: run.runId });

/** What becomes of a run, or of a trial, whose execution ended early. */
export class SettleRun {
  constructor(
    private readonly ledger: WorkLedger,
    private readonly limits: RunLimits,
    private readonly clock: Clock,
    private readonly metrics: TrainingMetrics,
    private readonly logger: Logger,
  ) {}

  /** The trainer stops: the run waits for the next one. */
  async handBack(claimed: ClaimedRun, reason: string): Promise<void> {
    const { claim } = claimed;
    await this.ledger.apply(claimed, { type: 'hand-back', at: this.clock.now(), claim, reason });
    this.metrics.ended('handed-back');
    this.logger.info({ ...nameOf(claimed), claim: claim.number }, 'handed back');
  }

  async failed(claimed: ClaimedRun, error: unknown): Promise<void> {
    const { claim } = claimed;
    if (claimed.lease.lost.aborted || error instanceof StaleClaimError) {
      this.metrics.ended('lost');
      return this.logger.warn({ err: error, ...nameOf(claimed), claim: claim.number }, 'lost to another trainer');
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
    const fields = { err: error, ...nameOf(claimed), claim: claim.number, retryAt: after?.notBefore };
    this.logger.warn(fields, over ? 'failed' : 'interrupted; it is tried again');
  }
}
