import { type Clock, codeOf, type Logger } from '@perennial/messaging';
import type { CloseDay } from './close.day';
import type { DayStore } from './ports';

const DAYS_PER_ROUND = 100;

/** Looks for due days, at an interval and whenever it is woken, and closes them one after another. */
export class ClosingTimer {
  private readonly stopped = new AbortController();
  private readonly pausedUntil = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> | undefined;
  private again = false;

  constructor(
    private readonly days: DayStore,
    private readonly closeDay: CloseDay,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly options: { intervalMs: number; pauseMs: number },
  ) {}

  start(): void {
    this.timer = setInterval(() => this.wake(), this.options.intervalMs);
    this.wake();
  }

  /** Starts a round now; during a round, another one follows it. */
  wake(): void {
    if (this.stopped.signal.aborted) return;
    if (this.round) {
      this.again = true;
      return;
    }
    this.again = false;
    this.round = this.closeDue().finally(() => {
      this.round = undefined;
      if (this.again) this.wake();
    });
  }

  /** Resolves when the running round has ended. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.stopped.abort();
    await this.round;
  }

  private async closeDue(): Promise<void> {
    try {
      const due = await this.days.due(this.clock.now(), DAYS_PER_ROUND);
      for (const { dataset, day } of due) if (!this.stopped.signal.aborted) await this.close(dataset, day);
    } catch (err) {
      this.logger.warn(
        { err, code: codeOf(err) },
        'Days that are due could not be read; tried again at the next round',
      );
    }
  }

  /** A day that cannot be closed is left alone for a while, so that it does not hold up the others. */
  private async close(dataset: string, day: string): Promise<void> {
    const id = `${dataset}/${day}`;
    const now = this.clock.now().getTime();
    if ((this.pausedUntil.get(id) ?? 0) > now) return;
    try {
      await this.closeDay.run(dataset, day, this.stopped.signal);
      this.pausedUntil.delete(id);
    } catch (err) {
      if (this.stopped.signal.aborted) return;
      this.pausedUntil.set(id, now + this.options.pauseMs);
      this.logger.error({ err, code: codeOf(err), dataset, day }, 'A day could not be closed; it is tried again later');
    }
  }
}
