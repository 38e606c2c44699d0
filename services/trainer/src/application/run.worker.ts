import { codeOf, type Logger } from '@perennial/messaging';
import type { ClaimRun } from './claim.run';
import type { WorkRun } from './work.run';

export interface WorkerOptions {
  /** Runs and trials trained at the same time; 0: none, they wait for others. */
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
    private readonly workRun: WorkRun,
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
    if (this.options.concurrency === 0) return this.claimRun.look();
    while (this.active.size < this.options.concurrency && !this.stopped.signal.aborted) {
      const claimed = await this.claimRun.next();
      if (!claimed) return;
      const work = this.workRun.run(claimed, this.stopped.signal).finally(() => {
        this.active.delete(work);
        this.look();
      });
      this.active.add(work);
    }
  }
}
