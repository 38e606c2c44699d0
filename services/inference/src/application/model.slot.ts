import { codeOf, inWorkSpan, isRetryable, type Logger, sleep } from '@perennial/messaging';
import { ServiceError } from '@perennial/service';
import type { Row } from '../domain/prediction.request';
import { type Failure, type ReplicaStatus, statusOf } from '../domain/replica.status';
import { type RolloutTarget, sameModel, supersedes } from '../domain/rollout.target';
import type { Deployable, OpenModel, ServableModel } from './ports';

export interface Serving {
  target: RolloutTarget;
  model: ServableModel;
  /** Milliseconds since 1970. */
  loadedAt: number;
}

export interface ModelSlotOptions {
  pipeline: string;
  open: OpenModel;
  now(): number;
  logger: Logger;
  /** Milliseconds between tries while the artifact cannot be reached. */
  retryMs: number;
}

/** Called after every change of what is served, and after a failure to load; `previous` is the version before. */
export type SlotListener = (slot: ModelSlot, previous: string | null) => void;

const WARM_UP_RUNS = 3;

/** The model that answers for one pipeline. The next one is opened and warmed up beside it, then takes its place. */
export class ModelSlot {
  private serving: Serving | null = null;
  private failure: Failure | null = null;
  /** The newest target that was offered. */
  private newest: Deployable | null = null;
  private working: Promise<void> = Promise.resolve();
  private busy = false;
  private readonly stopping = new AbortController();
  private readonly closing = new Set<Promise<void>>();
  private readonly listeners: SlotListener[] = [];

  constructor(private readonly options: ModelSlotOptions) {}

  get pipeline(): string {
    return this.options.pipeline;
  }

  onChange(listener: SlotListener): void {
    this.listeners.push(listener);
  }

  current(): Serving | null {
    return this.serving;
  }

  /** Whether any version was ever asked for here. */
  hasTarget(): boolean {
    return this.newest !== null;
  }

  status(): ReplicaStatus {
    return statusOf(this.serving?.target ?? null, this.failure);
  }

  /** Takes a target that supersedes what is known; `again` also takes one that could not be loaded before. */
  offer(deployable: Deployable, { again = false } = {}): void {
    const retry = again && this.failure?.target.rolloutId === deployable.target.rolloutId;
    if (!retry && !supersedes(deployable.target, this.newest?.target ?? null)) return;
    this.newest = deployable;
    if (!this.busy) this.working = this.work();
  }

  /** Resolves when there is nothing left to load. */
  async settled(): Promise<void> {
    await this.working;
  }

  /** A call that began before a swap is answered by the model it began with. Throws NO_MODEL. */
  async predict<T>(
    use: (serving: Serving) => { rows: readonly Row[]; deadline?: number; answer(probabilities: Float64Array): T },
  ): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const { serving } = this;
      if (!serving) throw noModel(this.pipeline, this.failure);
      const { rows, deadline, answer } = use(serving);
      try {
        return answer(await serving.model.predict(rows, { deadline }));
      } catch (error) {
        // The worker is opened again by itself; the rows are still here, so the caller need not know.
        if (codeOf(error) !== 'WORKER_CRASHED' || attempt > 1) throw error;
      }
    }
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.working;
    await this.serving?.model.close();
    await Promise.all(this.closing);
  }

  private async work(): Promise<void> {
    this.busy = true;
    for (let done: Deployable | null = null; this.newest && this.newest !== done;) {
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
    const { serving } = this;
    if (serving && sameModel(serving.target, target)) return this.change({ ...serving, target });
    while (this.newest?.target === target && !this.stopping.signal.aborted) {
      try {
        const model = await this.open(target, await artifact());
        return this.change({ target, model, loadedAt: this.options.now() });
      } catch (err) {
        const { logger, retryMs, pipeline } = this.options;
        const fields = { err, code: codeOf(err), pipeline, version: target.version };
        if (!isRetryable(err)) {
          logger.error(fields, 'A version cannot be served');
          return this.fail(target, err);
        }
        logger.warn(fields, 'A version cannot be loaded yet and is tried again');
        await sleep(retryMs, this.stopping.signal).catch(() => undefined);
      }
    }
  }

  private async open({ version }: RolloutTarget, bytes: Uint8Array): Promise<ServableModel> {
    const model = await this.options.open(bytes, { name: this.pipeline, version });
    try {
      await warmUp(model);
      return model;
    } catch (error) {
      await model.close();
      throw error;
    }
  }

  private change(next: Serving): void {
    const previous = this.serving;
    this.serving = next;
    this.failure = null;
    if (previous && previous.model !== next.model) this.retire(previous.model);
    this.options.logger.info({ pipeline: this.pipeline, ...next.target }, 'A version is served');
    this.tell(previous?.target.version ?? null);
  }

  private fail(target: RolloutTarget, error: unknown): void {
    this.failure = { target, error: error instanceof Error ? error.message : String(error) };
    this.tell(this.serving?.target.version ?? null);
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

/** Runs the graph on a row of nulls, which every artifact accepts. Throws WARM_UP_FAILED for what is no probability. */
async function warmUp(model: ServableModel): Promise<void> {
  const row = Object.fromEntries(model.signature.inputs.map(({ name }) => [name, null]));
  for (let run = 0; run < WARM_UP_RUNS; run += 1) {
    const [probability] = await model.predict([row]);
    if (probability !== undefined && probability >= 0 && probability <= 1) continue;
    const details = { value: String(probability), rule: 'must be a probability from 0 to 1' };
    throw new ServiceError('WARM_UP_FAILED', 500, `The model answered ${probability} to a row of nulls`, details, {
      retryable: false,
    });
  }
}

function noModel(pipeline: string, failure: Failure | null): ServiceError {
  const reason = failure ? `version ${failure.target.version} failed: ${failure.error}` : 'none was rolled out yet';
  return new ServiceError('NO_MODEL', 503, `No model of ${pipeline} is loaded: ${reason}`, { pipeline, reason });
}
