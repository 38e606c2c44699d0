import { backoffDelay, codeOf, type Clock, type IdGenerator, type Logger } from '@perennial/messaging';
import { type LeaseStore, whileHeld } from '@perennial/messaging-mongo';
import { PollLoop, type WorkBell } from '@perennial/service';
import type { JudgeableWork } from '../application/judgeable.work';
import type { StartWaiting } from '../application/start.waiting';

export interface JudgementWorkerOptions {
  leases: LeaseStore;
  clock: Clock;
  logger: Logger;
  newId: IdGenerator;
  bell: WorkBell;
  pollMs: number;
  leaseMs: number;
  random(): number;
}

const AT_ONCE = 20;
const BACKOFF = { initialMs: 1_000, maximumMs: 60_000 };

interface Failures {
  count: number;
  notBefore: number;
}

/** Judges what cycles and submissions wait for, one model at a time, and starts days that have waited long enough. */
export class JudgementWorker {
  private readonly loop: PollLoop;
  private readonly owner: string;
  /** By id: judgements that failed and will be tried again. */
  private readonly failures = new Map<string, Failures>();

  constructor(
    private readonly work: readonly JudgeableWork[],
    waiting: StartWaiting,
    private readonly options: JudgementWorkerOptions,
  ) {
    const { logger, random, pollMs, newId } = options;
    this.owner = newId();
    this.loop = new PollLoop({ name: 'judgement', everyMs: pollMs, logger, random }, async (signal) => {
      await waiting.run();
      await this.round(signal);
    });
  }

  onApplicationBootstrap(): void {
    this.options.bell.onRing(() => this.loop.wake());
    this.loop.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.loop.stop();
  }

  private async round(signal: AbortSignal): Promise<void> {
    const now = this.options.clock.now().getTime();
    // Left out of the query: many that fail again and again must not hide those behind them.
    const resting = [...this.failures].filter(([, { notBefore }]) => notBefore > now).map(([id]) => id);
    for (const work of this.work) {
      for (const id of await work.waiting(AT_ONCE, resting)) {
        if (signal.aborted) return;
        await this.claim(work, id, signal);
      }
    }
  }

  private async claim(work: JudgeableWork, id: string, signal: AbortSignal): Promise<void> {
    const { leases, leaseMs } = this.options;
    const terms = { name: `judgement/${id}`, owner: this.owner, ttlMs: leaseMs };
    await whileHeld(leases, terms, signal, async (held) => {
      const tries = (this.failures.get(id)?.count ?? 0) + 1;
      try {
        // It reads again what it is about: whoever held the lease before may have finished the judgement.
        await work.judge(id, tries, held);
        this.failures.delete(id);
      } catch (error) {
        if (signal.aborted) throw error;
        this.failed(id, tries, error);
      }
    });
  }

  private failed(id: string, tries: number, error: unknown): void {
    const { clock, logger, random } = this.options;
    const notBefore = clock.now().getTime() + backoffDelay(tries, BACKOFF, random());
    this.failures.set(id, { count: tries, notBefore });
    logger.warn({ judged: id, tries, code: codeOf(error), err: error }, 'judgement failed and will be tried again');
  }
}
