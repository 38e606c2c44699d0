import { type BatchLimits, BatchQueue } from './batch.queue';
import type { InputBatch } from './input.batch';
import { ModelRuntimeError } from './model-runtime.errors';
import type { PackedBatch, PackedModel } from './packed.model';

export interface Runner {
  /** One probability per row of the batch. Runs one batch at a time, in the order of the calls. */
  run(batch: PackedBatch): Promise<Float32Array>;
  /** Settles the runs that have ended, in the midst of a turn of the event loop. */
  poll(): void;
}

export interface DispatchLimits extends BatchLimits {
  /** How long a request may wait for others to fill its batch; 0: no longer than a turn of the event loop. */
  readonly maxQueueDelayMs: number;
}

/** One run of the model for the requests that waited together. */
export interface ModelRun {
  readonly requests: number;
  readonly rows: number;
  /** Of all its requests together, until the run began. */
  readonly queuedMs: number;
  readonly computeMs: number;
  /** Rows that waited when it ended. */
  readonly waitingRows: number;
}

interface Request {
  readonly rows: number;
  readonly batch: InputBatch;
  /** On the clock of performance.now(). */
  readonly since: number;
  readonly deadline: number;
  resolve(probabilities: Float32Array): void;
  reject(error: unknown): void;
}

/**
 * A turn of the event loop reads all requests that came, which takes long where many did. So that runners do not wait for
 * its end, what has waited for so long is handed over, and runs that have ended are taken up, while it lasts.
 */
const LONG_WAIT_MS = 0.25;

/** What a runner has been handed. */
interface Lane {
  readonly runner: Runner;
  /** Rows of its batches, the one first that it runs. */
  readonly batches: number[];
  /** When its last run ended. */
  endedAt: number;
}

/**
 * Every runner runs one batch at a time, as soon as it is idle; what arrives meanwhile shares the next run. A runner that
 * this thread cannot look after at once need not wait: the next batch is handed over when it is as large as the one that runs.
 */
export class BatchDispatcher {
  private readonly queue: BatchQueue<Request>;
  private readonly lanes: readonly Lane[];
  private immediate: NodeJS.Immediate | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    runners: readonly Runner[],
    private readonly model: Pick<PackedModel, 'pack'>,
    private readonly limits: DispatchLimits,
    private readonly observe: (run: ModelRun) => void = () => undefined,
  ) {
    this.queue = new BatchQueue(limits);
    this.lanes = runners.map((runner) => ({ runner, batches: [], endedAt: 0 }));
  }

  /**
   * Throws OVERLOADED when too many rows wait already, DEADLINE_EXCEEDED when the run has not begun at `deadline` (on
   * the clock of performance.now()), or the error of the run.
   */
  submit(batch: InputBatch, deadline = Infinity): Promise<Float32Array> {
    return new Promise((resolve, reject) => {
      const request = { rows: batch.rows, batch, since: performance.now(), deadline, resolve, reject };
      if (!this.queue.offer(request)) reject(this.overloaded(batch.rows));
      else this.advance(request.since);
    });
  }

  /** Whether a request of one row would be refused. */
  get isFull(): boolean {
    return this.queue.isFull;
  }

  private advance(now: number): void {
    const isLong = now - (this.queue.oldest as Request).since >= LONG_WAIT_MS;
    const lane = this.nextLane();
    if (isLong && lane?.batches.length === 0) return this.dispatch();
    if (isLong) for (const { runner } of this.lanes) runner.poll();
    if (lane !== undefined) this.immediate ??= setImmediate(() => this.dispatch());
  }

  /** That of the next batch, an idle one if there is one. */
  private nextLane(): Lane | undefined {
    let next: Lane | undefined;
    for (const lane of this.lanes) {
      const [running] = lane.batches;
      if (running === undefined) return lane;
      if (lane.batches.length === 1 && this.queue.rows >= Math.min(running, this.limits.maxBatchRows)) next ??= lane;
    }
    return next;
  }

  private dispatch(): void {
    this.immediate = undefined;
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.queue.oldest !== undefined) {
      const lane = this.nextLane();
      if (lane === undefined) return;
      const patience = this.patience(this.queue.oldest);
      if (patience > 0) {
        this.timer = setTimeout(() => this.dispatch(), patience);
        return;
      }
      const requests = this.unexpired(this.queue.take());
      if (requests.length > 0) void this.runTogether(lane, requests);
    }
  }

  /** Milliseconds that the oldest request may still wait for a fuller batch. */
  private patience({ since }: Request): number {
    const { maxQueueDelayMs, maxBatchRows } = this.limits;
    if (maxQueueDelayMs === 0 || this.queue.rows >= maxBatchRows) return 0;
    return since + maxQueueDelayMs - performance.now();
  }

  private unexpired(requests: readonly Request[]): Request[] {
    const now = performance.now();
    return requests.filter(({ deadline, since, reject }) => {
      if (deadline > now) return true;
      const queuedMs = Math.round(now - since);
      const message = `The request waited ${queuedMs} ms for the model, which is beyond its deadline`;
      reject(new ModelRuntimeError('DEADLINE_EXCEEDED', message, { queuedMs }));
      return false;
    });
  }

  private async runTogether(lane: Lane, requests: readonly Request[]): Promise<void> {
    const handedOverAt = performance.now();
    const batchRows = requests.reduce((sum, { rows }) => sum + rows, 0);
    lane.batches.push(batchRows);
    try {
      const probabilities = await lane.runner.run(this.model.pack(requests.map(({ batch }) => batch)));
      this.tell(requests, batchRows, Math.max(handedOverAt, lane.endedAt));
      let offset = 0;
      for (const { rows, resolve } of requests) {
        resolve(probabilities.subarray(offset, offset + rows));
        offset += rows;
      }
    } catch (error) {
      requests.forEach(({ reject }) => reject(error));
    }
    lane.endedAt = performance.now();
    lane.batches.shift();
    this.dispatch();
  }

  private tell(requests: readonly Request[], rows: number, startedAt: number): void {
    let queuedMs = 0;
    for (const { since } of requests) queuedMs += startedAt - since;
    const computeMs = performance.now() - startedAt;
    this.observe({ requests: requests.length, rows, queuedMs, computeMs, waitingRows: this.queue.rows });
  }

  private overloaded(rows: number): ModelRuntimeError {
    const { maxQueuedRows } = this.limits;
    const message = `${this.queue.rows} rows wait for the model; ${rows} more would pass the limit of ${maxQueuedRows}`;
    return new ModelRuntimeError('OVERLOADED', message, { queuedRows: this.queue.rows, rows, maxQueuedRows });
  }
}
