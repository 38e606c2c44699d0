import { type BatchLimits, BatchQueue } from './batch.queue';
import { concatenate, type InputBatch } from './input.batch';
import { ModelRuntimeError } from './model-runtime.errors';

export interface Runner {
  /** One probability per row of the batch; one batch at a time. */
  run(batch: InputBatch): Promise<Float32Array>;
  /** Settles the run if it has ended, in the midst of a turn of the event loop. */
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

/** Every runner runs one batch at a time, as soon as it is idle; what arrives meanwhile shares the next run. */
export class BatchDispatcher {
  private readonly queue: BatchQueue<Request>;
  private readonly idle: Runner[];
  private immediate: NodeJS.Immediate | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly runners: readonly Runner[],
    private readonly limits: DispatchLimits,
    private readonly observe: (run: ModelRun) => void = () => undefined,
  ) {
    this.queue = new BatchQueue(limits);
    this.idle = [...runners];
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
    if (this.idle.length > 0) {
      if (isLong) this.dispatch();
      else this.immediate ??= setImmediate(() => this.dispatch());
    } else if (isLong) for (const runner of this.runners) runner.poll();
  }

  private dispatch(): void {
    this.immediate = undefined;
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.idle.length > 0 && this.queue.oldest !== undefined) {
      const patience = this.patience(this.queue.oldest);
      if (patience > 0) {
        this.timer = setTimeout(() => this.dispatch(), patience);
        return;
      }
      const requests = this.unexpired(this.queue.take());
      if (requests.length > 0) void this.runTogether(this.idle.pop() as Runner, requests);
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

  private async runTogether(runner: Runner, requests: readonly Request[]): Promise<void> {
    const startedAt = performance.now();
    try {
      const batch = concatenate(requests.map((request) => request.batch));
      const probabilities = await runner.run(batch);
      this.tell(requests, batch.rows, startedAt);
      let offset = 0;
      for (const { rows, resolve } of requests) {
        resolve(probabilities.subarray(offset, offset + rows));
        offset += rows;
      }
    } catch (error) {
      requests.forEach(({ reject }) => reject(error));
    }
    this.idle.push(runner);
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
