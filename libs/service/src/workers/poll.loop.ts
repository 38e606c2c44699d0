import { backoffDelay, codeOf, sleep, type Logger } from '@perennial/messaging';

export interface PollOptions {
  name: string;
  /** Milliseconds between two rounds. */
  everyMs: number;
  logger: Logger;
  /** In [0, 1). */
  random(): number;
}

/** Runs a round again and again until stopped; a round that fails is repeated after a growing pause. */
export class PollLoop {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: PollOptions,
    private readonly round: (signal: AbortSignal) => Promise<void>,
  ) {}

  start(): void {
    this.running = this.run();
  }

  /** Aborts the round that runs and waits for its end. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { name, everyMs, logger, random } = this.options;
    const { signal } = this.stopping;
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.round(signal);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        logger.warn({ worker: name, code: codeOf(error), err: error, failures }, 'worker round failed');
      }
      const pause =
        failures === 0 ? everyMs : backoffDelay(failures, { initialMs: everyMs, maximumMs: 30_000 }, random());
      await sleep(pause, signal).catch(() => undefined);
    }
  }
}
