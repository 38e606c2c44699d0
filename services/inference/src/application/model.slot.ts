import { codeOf, inWorkSpan, isRetryable, type Logger, sleep, type TraceContext } from '@perennial/messaging';
import { ServiceError } from '@perennial/service';
import type { Row } from '../domain/prediction.request';
import { type Failure, type ReplicaStatus, statusOf } from '../domain/replica.status';
import { modelKey, modelsOf, type ModelVersion, supersedes } from '../domain/rollout.target';
import type { Deployable, OpenModel, ServableModel } from './ports';
import { mirror } from './shadow.mirror';
import { type LoadedModel, type Route, type Serving, TrafficTable } from './traffic.table';
import { openWarm } from './warm.model';

export type { Serving } from './traffic.table';

export interface ModelSlotOptions {
  pipeline: string;
  open: OpenModel;
  now(): number;
  /** From 0 up to 1: which arm answers a request that names nobody. */
  random(): number;
  /** Columns whose values decide which arm answers a row. */
  stickyBy: readonly string[];
  /** What is logged of each row. */
  loggedInputs: 'digest' | 'values';
  /** Whose word counts here; a registry's, or else that of rollouts. */
  follows: 'deployer' | 'mlflow';
  logger: Logger;
  /** Milliseconds between tries while the artifact cannot be reached. */
  retryMs: number;
}

export interface CallOptions extends Route {
  /** On the clock of performance.now(): rows whose run has not begun by then are not computed. */
  deadline?: number;
  /** Of the client, where nobody else continues it. */
  trace?: TraceContext;
}

/** Called after every change of what is served, and after a failure to load; `previous` is the version before. */
export type SlotListener = (slot: ModelSlot, previous: string | null) => void;

/**
 * The models that answer for one pipeline, side by side. What newer traffic needs is opened and warmed up beside them; then
 * one table takes the place of the other, and no request sees a half of it.
 */
export class ModelSlot {
  private table: TrafficTable | null = null;
  private failure: Failure | null = null;
  /** The newest target that was offered. */
  private newest: Deployable | null = null;
  private working: Promise<void> = Promise.resolve();
  private busy = false;
  private suspended = false;
  private readonly stopping = new AbortController();
  private readonly closing = new Set<Promise<void>>();
  private readonly listeners: SlotListener[] = [];

  constructor(private readonly options: ModelSlotOptions) {}

  get pipeline(): string {
    return this.options.pipeline;
  }

  get loggedInputs(): 'digest' | 'values' {
    return this.options.loggedInputs;
  }

  get follows(): 'deployer' | 'mlflow' {
    return this.options.follows;
  }

  onChange(listener: SlotListener): void {
    this.listeners.push(listener);
  }

  /** The primary arm. */
  current(): Serving | null {
    return this.table?.primary ?? null;
  }

  traffic(): TrafficTable | null {
    return this.table;
  }

  get stickyBy(): readonly string[] {
    return this.options.stickyBy;
  }

  /** The arm that would answer now. Throws NO_MODEL. */
  choose(route: Route): Serving {
    if (!this.table) throw noModel(this.pipeline, this.failure);
    return this.table.choose(route, this.options.random);
  }

  /** Whether nobody would take a row now, whichever arm it were for. */
  isFull(): boolean {
    return this.table !== null && this.table.arms.every(({ model }) => model.isFull?.() ?? false);
  }

  /** Shows what was answered to the versions that look on. */
  mirror(serving: Serving, rows: readonly Row[], probabilities: Float64Array): void {
    for (const shadow of this.table?.shadows ?? []) mirror(shadow, serving, rows, probabilities);
  }

  /** Whether any version was ever asked for here. */
  hasTarget(): boolean {
    return this.newest !== null;
  }

  status(): ReplicaStatus {
    return statusOf(this.table?.target ?? null, this.failure);
  }

  /** Takes a target that supersedes what is known; `again` also takes one that could not be loaded before. */
  offer(deployable: Deployable, { again = false } = {}): void {
    if ((deployable.target.source === 'mlflow') !== (this.follows === 'mlflow')) return;
    const retry = again && this.failure?.target.sequence === deployable.target.sequence;
    if (!retry && !supersedes(deployable.target, this.newest?.target ?? null)) return;
    this.newest = deployable;
    this.wake();
  }

  /** Nothing answers any more, and what is offered waits, until `resume`. */
  suspend(): void {
    if (this.suspended) return;
    this.suspended = true;
    const previous = this.table;
    this.table = null;
    if (!previous) return;
    for (const { model } of previous.models.values()) this.retire(model);
    const { version } = previous.primary.target;
    this.options.logger.info({ pipeline: this.pipeline, version }, 'Its models are unloaded');
    this.tell(version);
  }

  resume(): void {
    if (!this.suspended) return;
    this.suspended = false;
    this.wake();
  }

  isSuspended(): boolean {
    return this.suspended;
  }

  /** Resolves when there is nothing left to load. */
  async settled(): Promise<void> {
    await this.working;
  }

  /**
   * A call that began before a swap is answered by the model it began with. `answer` is told which rows came from the
   * cache. Throws NO_MODEL.
   */
  async predict<T>(
    use: (serving: Serving) => {
      rows: readonly Row[];
      answer(probabilities: Float64Array, cached: readonly number[]): T;
    },
    { deadline, ...route }: CallOptions = {},
  ): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const serving = this.choose(route);
      const { rows, answer } = use(serving);
      let cached: readonly number[] = [];
      const onCached = (places: readonly number[]) => (cached = places);
      try {
        const probabilities = await serving.model.predict(rows, { deadline, onCached });
        return answer(probabilities, cached);
      } catch (error) {
        // The worker is opened again by itself; the rows are still here, so the caller need not know.
        if (codeOf(error) !== 'WORKER_CRASHED' || attempt > 1) throw error;
      }
    }
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.working;
    for (const { model } of this.table?.models.values() ?? []) await model.close();
    await Promise.all(this.closing);
  }

  private wake(): void {
    if (!this.busy && !this.suspended) this.working = this.work();
  }

  private async work(): Promise<void> {
    this.busy = true;
    for (let done: Deployable | null = null; this.newest && this.newest !== done && !this.suspended;) {
      done = this.newest;
      if (!this.stopping.signal.aborted) await this.reach(done);
    }
    // In the same turn as the last look at `newest`, so that no offer falls in between.
    this.busy = false;
  }

  private reach(deployable: Deployable): Promise<void> {
    const attributes = { 'perennial.cycle.id': deployable.cycleId ?? '' };
    return inWorkSpan('serve version', deployable.trace ?? {}, attributes, () => this.serve(deployable));
  }

  private async serve({ target, artifact }: Deployable): Promise<void> {
    const opened = new Map<string, LoadedModel>();
    while (this.newest?.target === target && !this.stopping.signal.aborted && !this.suspended) {
      let version = '';
      try {
        for (const each of modelsOf(target)) {
          ({ version } = each);
          const key = modelKey(each);
          if (this.table?.models.has(key) || opened.has(key)) continue;
          opened.set(key, await this.open(each, () => artifact(version)));
        }
        if (this.suspended) break;
        const models = modelsOf(target)
          .map(modelKey)
          .map((key) => [key, this.loaded(key, opened)] as const);
        return this.change(new TrafficTable(target, new Map(models), this.options.now()));
      } catch (err) {
        const { logger, retryMs, pipeline } = this.options;
        const fields = { err, code: codeOf(err), pipeline, version };
        if (!isRetryable(err)) {
          logger.error(fields, 'A version cannot be served');
          this.fail({ target, version, error: err instanceof Error ? err.message : String(err) });
          break;
        }
        logger.warn(fields, 'A version cannot be loaded yet and is tried again');
        await sleep(retryMs, this.stopping.signal).catch(() => undefined);
      }
    }
    for (const { model } of opened.values()) this.retire(model);
  }

  private loaded(key: string, opened: ReadonlyMap<string, LoadedModel>): LoadedModel {
    return (this.table?.models.get(key) ?? opened.get(key)) as LoadedModel;
  }

  private async open({ version }: ModelVersion, artifact: () => Promise<Uint8Array>): Promise<LoadedModel> {
    const identity = { name: this.pipeline, version };
    const model = await openWarm(this.options.open, await artifact(), identity, artifact);
    return { model, loadedAt: this.options.now() };
  }

  private change(next: TrafficTable): void {
    const previous = this.table;
    this.table = next;
    this.failure = null;
    for (const [key, { model }] of previous?.models ?? []) if (!next.models.has(key)) this.retire(model);
    // Versions that are compared with one another stay in memory; one that is settled may leave until it is asked.
    for (const { model } of next.models.values()) model.hold?.(next.isExperiment);
    const { rolloutId, sequence, source, arms, shadows } = next.target;
    const split = arms.map(({ name, version, weight }) => ({ name, version, weight }));
    const mirrored = shadows.map(({ version }) => version);
    const fields = { pipeline: this.pipeline, rolloutId, sequence, source, arms: split, shadows: mirrored };
    this.options.logger.info(fields, 'Traffic is routed');
    this.tell(previous?.primary.target.version ?? null);
  }

  private fail(failure: Failure): void {
    this.failure = failure;
    this.tell(this.current()?.target.version ?? null);
  }

  private tell(previous: string | null): void {
    this.listeners.forEach((listener) => listener(this, previous));
  }

  private retire(model: ServableModel): void {
    const closed = model.close().catch((err: unknown) => this.options.logger.warn({ err }, 'A model did not close'));
    const tracked = closed.finally(() => this.closing.delete(tracked));
    this.closing.add(tracked);
  }
}

function noModel(pipeline: string, failure: Failure | null): ServiceError {
  const reason = failure ? `version ${failure.version} failed: ${failure.error}` : 'none was rolled out yet';
  return new ServiceError('NO_MODEL', 503, `No model of ${pipeline} is loaded: ${reason}`, { pipeline, reason });
}
