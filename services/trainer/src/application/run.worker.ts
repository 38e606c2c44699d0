import { codeOf, inWorkSpan, type Logger } from '@perennial/messaging';
import type { ClaimedRun, ClaimRun } from './claim.run';
import type { ExecuteRun } from './execute.run';
import type { ExecuteTrial } from './execute.trial';
import type { SettleRun } from './settle.run';

export interface WorkerOptions {
  /** Runs and trials trained at the same time. */
  concurrency: number;
  /** How often waiting runs are looked for. */
  intervalMs: number;
}

/** Takes up runs and trials while there is room, at an interval and whenever it is woken. */
export class RunWorker {
  private readonly stopped = new AbortController();
  private readonly active = new Set<Promise<void>>();
  private looking: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private again = false;

  constructor(
    private readonly claimRun: ClaimRun,
    private readonly executeRun: Pick<ExecuteRun, 'run'>,
    private readonly executeTrial: Pick<ExecuteTrial, 'run'>,
    private readonly settleRun: SettleRun,
    private readonly logger: Logger,
    private readonly options: WorkerOptions,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.look(), this.options.intervalMs);
    this.look();
  }

  /** A run or a trial was queued here: looked for at once, or again when a look is under way that may have missed it. */
  wake(): void {
    this.again = true;
    this.look();
  }

  /** Ends the trainings and hands their runs back; resolves when that is done. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.stopped.abort();
    await this.looking;
    await Promise.all(this.active);
  }

  private look(): void {
    if (this.looking || this.stopped.signal.aborted) return;
    this.again = false;
    this.looking = this.fill()
      .catch((err: unknown) =>
        this.logger.warn({ err, code: codeOf(err) }, 'No run could be taken up; tried again soon'),
      )
      .finally(() => {
        this.looking = undefined;
        if (this.again) this.look();
      });
  }

  private async fill(): Promise<void> {
    while (this.active.size < this.options.concurrency && !this.stopped.signal.aborted) {
      const claimed = await this.claimRun.next();
      if (!claimed) return;
      const work = this.work(claimed).finally(() => {
        this.active.delete(work);
        this.look();
      });
      this.active.add(work);
    }
  }

  /** Never rejects: a run that cannot even be settled counts as lost to whoever takes it up next. */
  private async work(claimed: ClaimedRun): Promise<void> {
    const { runId } = claimed.run;
    try {
      await this.train(claimed);
    } catch (err) {
      this.logger.error({ err, code: codeOf(err), runId }, 'run could not be settled; it is taken up again');
    }
    await claimed.lease
      .release()
      .catch((err: unknown) => this.logger.warn({ err, runId }, 'lease was not released; it runs out'));
  }

  private async train(claimed: ClaimedRun): Promise<void> {
    const signal = AbortSignal.any([this.stopped.signal, claimed.lease.lost, claimed.expired]);
    try {
      const { run, task, origin } = claimed;
      const { runId, request } = run;
      const attributes = { 'perennial.run.id': runId, 'perennial.cycle.id': request.cycleId };
      await inWorkSpan(task ? 'train trial' : 'train run', origin, attributes, () =>
        task ? this.executeTrial.run(claimed, task, signal) : this.executeRun.run(claimed, signal),
      );
    } catch (error) {
      const handBack = this.stopped.signal.aborted && !claimed.lease.lost.aborted;
      await (handBack ? this.settleRun.handBack(claimed, 'shutdown') : this.settleRun.failed(claimed, error));
    }
  }
}
