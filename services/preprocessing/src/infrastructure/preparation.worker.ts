import {
  backoffDelay,
  type Clock,
  codeOf,
  type IdGenerator,
  isRetryable,
  isUnbounded,
  type Logger,
} from '@perennial/messaging';
import { type LeaseStore, whileHeld } from '@perennial/messaging-mongo';
import { PollLoop, type WorkBell } from '@perennial/service';
import type { BatchStore } from '../application/ports';
import type { PrepareBatch } from '../application/prepare.batch';

export interface PreparationWorkerOptions {
  leases: LeaseStore;
  clock: Clock;
  logger: Logger;
  newId: IdGenerator;
  bell: WorkBell;
  /** Datasets worked on at once. */
  concurrency: number;
  pollMs: number;
  leaseMs: number;
  random(): number;
  metrics: PreparationMetrics;
}

export interface PreparationMetrics {
  /** A batch was given up. */
  failed(code: string): void;
  /** Datasets that have a queued batch, whoever works on them. */
  waiting(datasets: number): void;
}

const MAX_TRIES = 5;
const BACKOFF = { initialMs: 200, maximumMs: 10_000 };

interface Failures {
  /** Of which the batch may be the cause. */
  counted: number;
  all: number;
  notBefore: number;
}

/** Prepares queued batches: those of one dataset in their order, one after the other; several datasets at once. */
export class PreparationWorker {
  private readonly loops: readonly PollLoop[];
  /** Batches that failed and will be tried again; those behind them in their datasets wait. */
  private readonly failures = new Map<string, Failures>();

  constructor(
    private readonly prepare: PrepareBatch,
    private readonly batches: BatchStore,
    private readonly options: PreparationWorkerOptions,
  ) {
    const { concurrency, logger, random, pollMs, newId } = options;
    this.loops = Array.from({ length: concurrency }, (_, index) => {
      // The lease tells two loops of one process apart, as it does two processes.
      const owner = newId();
      const name = `preparation ${index + 1}`;
      return new PollLoop({ name, everyMs: pollMs, logger, random }, (signal) => this.round(owner, signal));
    });
  }

  onApplicationBootstrap(): void {
    this.options.bell.onRing(() => this.loops.forEach((loop) => loop.wake()));
    this.loops.forEach((loop) => loop.start());
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }

  /** Until nothing is left that nobody else works on. */
  private async round(owner: string, signal: AbortSignal): Promise<void> {
    for (let found = true; found;) {
      found = false;
      const queued = await this.batches.nextOfEach();
      this.options.metrics.waiting(queued.length);
      for (const next of queued) {
        if (signal.aborted) return;
        if (!this.rests(next.batchId) && (await this.claim(owner, next, signal))) found = true;
      }
    }
  }

  private rests(batchId: string): boolean {
    return (this.failures.get(batchId)?.notBefore ?? 0) > this.options.clock.now().getTime();
  }

  /** Whether the batch was prepared here and now. */
  private async claim(
    owner: string,
    { dataset, batchId }: { dataset: string; batchId: string },
    signal: AbortSignal,
  ): Promise<boolean> {
    const { leases, leaseMs } = this.options;
    let done = false;
    const terms = { name: `prepare/${dataset}`, owner, ttlMs: leaseMs };
    await whileHeld(leases, terms, signal, async (held) => {
      try {
        done = await this.prepare.run(batchId, held);
        this.failures.delete(batchId);
      } catch (error) {
        if (held.aborted) throw error;
        await this.failed(batchId, error);
      }
    });
    return done;
  }

  /** What is away is waited for; an error that may pass is given a few tries. */
  private async failed(batchId: string, error: unknown): Promise<void> {
    const { clock, logger, random, metrics } = this.options;
    const before = this.failures.get(batchId);
    const counted = (before?.counted ?? 0) + (isUnbounded(error) ? 0 : 1);
    const all = (before?.all ?? 0) + 1;
    const code = codeOf(error);
    const notBefore = clock.now().getTime() + backoffDelay(all, BACKOFF, random());
    this.failures.set(batchId, { counted, all, notBefore });
    if (!isUnbounded(error) && (!isRetryable(error) || counted >= MAX_TRIES)) {
      await this.prepare.giveUp(batchId, error);
      this.failures.delete(batchId);
      return metrics.failed(code);
    }
    logger.warn({ batchId, tries: all, code, err: error }, 'preparing failed and will be tried again');
  }
}
