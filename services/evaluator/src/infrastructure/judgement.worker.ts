import { backoffDelay, codeOf, type Clock, type IdGenerator, type Logger } from '@perennial/messaging';
import { type LeaseStore, whileHeld } from '@perennial/messaging-mongo';
import { PollLoop, type WorkBell } from '@perennial/service';
import type { CycleStore } from '../application/cycle.stores';
import type { JudgeModels } from '../application/judge.models';
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

const PENDING = ['judging', 'judging-candidate'] as const;
const AT_ONCE = 20;
const BACKOFF = { initialMs: 1_000, maximumMs: 60_000 };

interface Failures {
  count: number;
  notBefore: number;
}

/** Judges what cycles wait for, one model at a time, and starts days that have waited long enough. */
export class JudgementWorker {
  private readonly loop: PollLoop;
  private readonly owner: string;
  /** Cycles whose judgement failed and will be tried again. */
  private readonly failures = new Map<string, Failures>();

  constructor(
    private readonly judge: JudgeModels,
    private readonly cycles: CycleStore,
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
    const resting = [...this.failures].filter(([, { notBefore }]) => notBefore > now).map(([cycleId]) => cycleId);
    for (const { cycle } of await this.cycles.inStatus(PENDING, AT_ONCE, resting)) {
      if (signal.aborted) return;
      await this.claim(cycle.cycleId, signal);
    }
  }

  private async claim(cycleId: string, signal: AbortSignal): Promise<void> {
    const { leases, leaseMs } = this.options;
    const terms = { name: `judgement/${cycleId}`, owner: this.owner, ttlMs: leaseMs };
    await whileHeld(leases, terms, signal, async (held) => {
      // Read again: whoever held the lease before may have finished the judgement.
      const current = await this.cycles.find(cycleId);
      const tries = (this.failures.get(cycleId)?.count ?? 0) + 1;
      try {
        if (current) await this.judge.run(current, tries, held);
        this.failures.delete(cycleId);
      } catch (error) {
        if (signal.aborted) throw error;
        this.failed(cycleId, tries, error);
      }
    });
  }

  private failed(cycleId: string, tries: number, error: unknown): void {
    const { clock, logger, random } = this.options;
    const notBefore = clock.now().getTime() + backoffDelay(tries, BACKOFF, random());
    this.failures.set(cycleId, { count: tries, notBefore });
    logger.warn({ cycleId, tries, code: codeOf(error), err: error }, 'judgement failed and will be tried again');
  }
}
