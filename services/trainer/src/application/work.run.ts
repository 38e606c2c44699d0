import { codeOf, inWorkSpan, type Logger } from '@perennial/messaging';
import type { ClaimedRun } from './claim.run';
import type { ExecuteRun } from './execute.run';
import type { ExecuteTrial } from './execute.trial';
import type { SettleRun } from './settle.run';

/** Trains a claimed run or trial, settles what comes of it and gives its lease back. */
export class WorkRun {
  constructor(
    private readonly executeRun: Pick<ExecuteRun, 'run'>,
    private readonly executeTrial: Pick<ExecuteTrial, 'run'>,
    private readonly settleRun: SettleRun,
    private readonly logger: Logger,
  ) {}

  /** Never rejects: a run that cannot even be settled counts as lost to whoever takes it up next. `stopped` hands it back. */
  async run(claimed: ClaimedRun, stopped: AbortSignal): Promise<void> {
    const { runId } = claimed.run;
    try {
      await this.train(claimed, stopped);
    } catch (err) {
      this.logger.error({ err, code: codeOf(err), runId }, 'run could not be settled; it is taken up again');
    }
    await claimed.lease
      .release()
      .catch((err: unknown) => this.logger.warn({ err, runId }, 'lease was not released; it runs out'));
  }

  private async train(claimed: ClaimedRun, stopped: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([stopped, claimed.lease.lost, claimed.expired]);
    try {
      const { run, task, origin } = claimed;
      const { runId, request } = run;
      const attributes = { 'perennial.run.id': runId, 'perennial.cycle.id': request.cycleId };
      await inWorkSpan(task ? 'train trial' : 'train run', origin, attributes, () =>
        task ? this.executeTrial.run(claimed, task, signal) : this.executeRun.run(claimed, signal),
      );
    } catch (error) {
      const handBack = stopped.aborted && !claimed.lease.lost.aborted;
      await (handBack ? this.settleRun.handBack(claimed, 'shutdown') : this.settleRun.failed(claimed, error));
    }
  }
}
