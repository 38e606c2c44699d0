import { codeOf, type Logger } from '@perennial/messaging';
import { victims } from '../domain/memory.eviction';
import { KeptModel } from './kept.model';
import { closedModel, exceedsBudget, memoryFull, notLoaded } from './memory.refusals';
import type { EvictableModel, MemoryMetrics, ReserveMemory, ServableModel } from './ports';

export interface ModelMemoryOptions {
  /** Infinity: no limit. */
  budgetBytes: number;
  /** How long a load waits while all that is in memory has to stay there. */
  waitMs: number;
  metrics: MemoryMetrics;
  logger: Logger;
}

/** Loads a model for the first time. */
type FirstLoad = (reserve: ReserveMemory) => Promise<EvictableModel>;

/**
 * Keeps the models of a process within a budget. A model counts from before it is loaded until its worker has ended. One
 * whose place another needs goes when its calls are answered, and comes back with its next call. Pinned models stay, and are
 * let in beyond the budget: what a rollout compares must not wait for memory.
 */
export class ModelMemory {
  private readonly kept = new Set<KeptModel>();
  private readonly waiting = new Set<() => void>();
  private calls = 0;

  constructor(private readonly options: ModelMemoryOptions) {}

  /** Loads a model, pinned until it is told otherwise. Throws what the load throws, and MODEL_EXCEEDS_BUDGET. */
  async open({ name, version }: { name: string; version: string }, load: FirstLoad): Promise<ServableModel> {
    const kept = new KeptModel(name, version);
    kept.lastUsed = ++this.calls;
    await this.load(kept, async (reserve) => {
      kept.model = await load(reserve);
    });
    const { signature, decisionThreshold } = kept.model as unknown as EvictableModel;
    return {
      ...{ signature, decisionThreshold },
      predict: (rows, options) => this.use(kept, (model) => model.predict(rows, options)),
      isFull: () => kept.held && (kept.model?.isFull?.() ?? false),
      hold: (pinned) => this.pin(kept, pinned),
      close: () => this.close(kept),
    };
  }

  /** Bytes of the models that are in memory, on their way in or not gone yet. */
  get used(): number {
    return [...this.kept].reduce((sum, { held, bytes }) => sum + (held ? bytes : 0), 0);
  }

  /** Throws MODEL_MEMORY_FULL, MODEL_NOT_LOADED, MODEL_CLOSED, and what the call throws. */
  private async use<T>(kept: KeptModel, call: (model: EvictableModel) => Promise<T>): Promise<T> {
    kept.lastUsed = ++this.calls;
    while (kept.leaving !== null) await kept.leaving;
    return kept.answered(async () => {
      if (kept.closed) throw closedModel(kept);
      const model = kept.model as EvictableModel;
      if (kept.loading === null && !this.kept.has(kept)) void this.load(kept, (reserve) => model.load(reserve));
      await kept.loading?.catch((cause: unknown) => {
        throw notLoaded(kept, cause);
      });
      return call(model);
    });
  }

  private pin(kept: KeptModel, pinned: boolean): void {
    kept.pinned = pinned;
    if (pinned) return this.bring(kept);
    for (const each of victims(this.staying(), this.options.budgetBytes).leaving) this.evict(each);
    this.wake();
  }

  /** Back into memory before anybody asks. */
  private bring(kept: KeptModel): void {
    const { name: pipeline, version } = kept;
    this.use(kept, async () => undefined).catch((err: unknown) => {
      this.options.logger.warn({ err, code: codeOf(err), pipeline, version }, 'A model could not be brought back yet');
    });
  }

  private async close(kept: KeptModel): Promise<void> {
    kept.closed = true;
    await (kept.leaving ?? this.leave(kept));
  }

  private load(kept: KeptModel, work: (reserve: ReserveMemory) => Promise<void>): Promise<void> {
    const loading = this.loaded(kept, work).finally(() => (kept.loading = null));
    // Also where nobody waits for it any more.
    loading.catch(() => undefined);
    kept.loading = loading;
    return loading;
  }

  private async loaded(kept: KeptModel, work: (reserve: ReserveMemory) => Promise<void>): Promise<void> {
    const startedAt = performance.now();
    try {
      await work((bytes) => this.reserve(kept, bytes));
      this.options.metrics.loaded(kept.name, (performance.now() - startedAt) / 1000);
    } catch (error) {
      this.forget(kept);
      throw error;
    }
  }

  /** Resolves when there is room for it, and counts it. Throws MODEL_EXCEEDS_BUDGET and MODEL_MEMORY_FULL. */
  private async reserve(kept: KeptModel, bytes: number): Promise<void> {
    const { budgetBytes, waitMs } = this.options;
    if (bytes > budgetBytes) throw exceedsBudget(kept, bytes, budgetBytes);
    const deadline = performance.now() + waitMs;
    for (;;) {
      const { leaving, enough } = victims(this.staying(), budgetBytes - bytes);
      if (enough || kept.pinned) {
        if (!enough) this.overBudget(kept, bytes);
        kept.bytes = bytes;
        this.kept.add(kept);
        leaving.forEach((each) => this.evict(each));
        // Others count on what leaves now, and this one on what was told to leave before.
        await Promise.all([...this.kept].map((each) => each.leaving));
        kept.held = true;
        return this.tell();
      }
      if (performance.now() >= deadline) throw memoryFull(kept, bytes, this.used);
      await this.change(deadline);
    }
  }

  /** Those that were not told to leave. */
  private staying(): KeptModel[] {
    return [...this.kept].filter(({ leaving }) => leaving === null);
  }

  private evict(kept: KeptModel): void {
    const { name, version, bytes } = kept;
    this.options.metrics.evicted(name);
    this.options.logger.info({ pipeline: name, version, bytes }, 'A model leaves memory until it is asked again');
    void this.leave(kept);
  }

  /** Never rejects. */
  private leave(kept: KeptModel): Promise<void> {
    kept.leaving = this.left(kept).finally(() => {
      kept.leaving = null;
      this.forget(kept);
    });
    return kept.leaving;
  }

  private async left(kept: KeptModel): Promise<void> {
    try {
      await kept.loading?.catch(() => undefined);
      await kept.idle();
      await kept.model?.unload();
    } catch (err) {
      const { name: pipeline, version } = kept;
      this.options.logger.warn({ err, code: codeOf(err), pipeline, version }, 'A model did not leave as it should');
    }
  }

  private forget(kept: KeptModel): void {
    kept.held = false;
    this.kept.delete(kept);
    this.tell();
    this.wake();
  }

  /** Resolves when a model is gone or may go, or at the deadline. */
  private async change(deadline: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, deadline - performance.now());
      this.waiting.add(done);
    });
  }

  private wake(): void {
    for (const done of [...this.waiting]) done();
  }

  private overBudget({ name: pipeline, version }: KeptModel, bytes: number): void {
    const { logger, budgetBytes } = this.options;
    const fields = { pipeline, version, bytes, used: this.used, budgetBytes };
    logger.warn(fields, 'A rollout takes more memory than the budget has');
  }

  private tell(): void {
    this.options.metrics.inMemory([...this.kept].filter(({ held }) => held).length, this.used);
  }
}
