import { type BatchLimits, BatchQueue } from './batch.queue';
import { concatenate, type InputBatch } from './input.batch';
import { ModelRuntimeError } from './model-runtime.errors';

/** One probability per row of the batch. */
export type RunBatch = (batch: InputBatch) => Promise<Float32Array>;

interface Request {
  readonly rows: number;
  readonly batch: InputBatch;
  resolve(probabilities: Float32Array): void;
  reject(error: unknown): void;
}

/** One run at a time, started at once when idle; requests that arrive meanwhile share the next run. */
export class BatchDispatcher {
  private readonly queue: BatchQueue<Request>;
  private running = false;

  constructor(
    private readonly run: RunBatch,
    private readonly limits: BatchLimits,
  ) {
    this.queue = new BatchQueue(limits);
  }

  /** Throws OVERLOADED when too many rows wait already, or the error of the run. */
  submit(batch: InputBatch): Promise<Float32Array> {
    return new Promise((resolve, reject) => {
      if (!this.queue.offer({ rows: batch.rows, batch, resolve, reject })) {
        reject(this.overloaded(batch.rows));
      } else if (!this.running) void this.runAll();
    });
  }

  private async runAll(): Promise<void> {
    this.running = true;
    for (let requests = this.queue.take(); requests.length > 0; requests = this.queue.take()) {
      await this.runTogether(requests);
    }
    this.running = false;
  }

  private async runTogether(requests: readonly Request[]): Promise<void> {
    try {
      const probabilities = await this.run(concatenate(requests.map(({ batch }) => batch)));
      let offset = 0;
      for (const { rows, resolve } of requests) {
        resolve(probabilities.subarray(offset, offset + rows));
        offset += rows;
      }
    } catch (error) {
      requests.forEach(({ reject }) => reject(error));
    }
  }

  private overloaded(rows: number): ModelRuntimeError {
    const { maxQueuedRows } = this.limits;
    const message = `${this.queue.rows} rows wait for the model; ${rows} more would pass the limit of ${maxQueuedRows}`;
    return new ModelRuntimeError('OVERLOADED', message, { queuedRows: this.queue.rows, rows, maxQueuedRows });
  }
}
