import { backoffDelay, codeOf, sleep, type Logger } from '@perennial/messaging';

export interface PollOptions {
  name: string;
  /** Milliseconds between two rounds. */
  everyMs: number;
  logger: Logger;
  /** In [0, 1). */
  random(): number;
}

/** Runs a round again and again until stopped, at an interval and when woken; one that fails after a growing pause. */
export class PollLoop {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private pause = new AbortController();
  private woken = false;

  constructor(
    private readonly options: PollOptions,
    private readonly round: (signal: AbortSignal) => Promise<void>,
  ) {}

  start(): void {
    this.running = this.run();
  }

  /** There is work: the next round begins now, or right after the one that runs. Pauses after failures are kept. */
  wake(): void {
    this.woken = true;
    this.pause.abort();
  }

  /** Aborts the round that runs and waits for its end. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.pause.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { name, everyMs, logger, random } = this.options;
    const { signal } = this.stopping;
    let failures = 0;
    while (!signal.aborted) {
      this.woken = false;
      try {
        await this.round(signal);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        logger.warn({ worker: name, code: codeOf(error), err: error, failures }, 'worker round failed');
      }
      if (failures > 0) {
        const backoff = { initialMs: everyMs, maximumMs: 30_000 };
        await sleep(backoffDelay(failures, backoff, random()), signal).catch(() => undefined);
      } else if (!this.woken && !signal.aborted) {
        this.pause = new AbortController();
        // Not a signal that depends on `signal` too: each would be remembered by it for as long as the loop lives.
        await sleep(everyMs, this.pause.signal).catch(() => undefined);
      }
    }
  }
}
