import { type Transferable, Worker } from 'node:worker_threads';
import type { Answer } from './answer.calls';

export interface ComputeThreadOptions {
  /** As logs and profiles show it. */
  name: string;
  /** The compiled entry, which calls answerCalls; see compiledEntry. */
  file: string;
  /** Given to the entry once, when the thread starts. */
  workerData?: unknown;
  /** Bound of the thread's own heap; buffers are not counted. */
  heapMiB: number;
  /** Without a call for so long the thread ends and gives its memory back; the next call starts another. */
  idleMs?: number;
}

/** The thread is gone: out of memory, or ended by a defect. Nothing outside it was changed. */
export class ThreadLostError extends Error {
  readonly code = 'WORKER_LOST';
  readonly retryable = true;
  readonly details: Record<string, unknown>;

  constructor(name: string, cause: unknown) {
    super(`thread ${name} was lost: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.details = { thread: name };
  }
}

/** Columns of values live for a moment: with room for them few are moved to the old generation. */
const YOUNG_MIB = 48;

interface Call {
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
}

/** A thread that answers calls, one after the other, so that the event loop stays free. It starts when it is needed. */
export class ComputeThread {
  private readonly calls = new Map<number, Call>();
  private worker: Worker | undefined;
  private idle: NodeJS.Timeout | undefined;
  private last = 0;
  private closed = false;

  constructor(private readonly options: ComputeThreadOptions) {}

  /** Rejects with the error of the callee (its message, code, retryable and details) or ThreadLostError. */
  call<T>(request: unknown, transfer: readonly Transferable[] = []): Promise<T> {
    if (this.closed) return Promise.reject(new ThreadLostError(this.options.name, 'it was closed'));
    clearTimeout(this.idle);
    this.worker ??= this.start();
    const id = ++this.last;
    const { worker } = this;
    return new Promise<T>((resolve, reject) => {
      this.calls.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, request }, transfer);
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.idle);
    await this.end();
  }

  private start(): Worker {
    const { file, name, workerData, heapMiB } = this.options;
    const resourceLimits = { maxOldGenerationSizeMb: heapMiB, maxYoungGenerationSizeMb: YOUNG_MIB };
    const worker = new Worker(file, { name, workerData, resourceLimits });
    worker.on('message', (answer: Answer) => this.settle(answer));
    worker.once('error', (error) => this.lost(worker, error));
    worker.once('exit', (code) => this.lost(worker, `it ended with ${code}`));
    return worker;
  }

  private settle({ id, value, failure }: Answer): void {
    const call = this.calls.get(id);
    this.calls.delete(id);
    if (failure) call?.reject(Object.assign(new Error(failure.message), failure));
    else call?.resolve(value as never);
    if (this.calls.size > 0) return;
    // An idle thread must not keep the process from ending.
    this.worker?.unref();
    if (this.options.idleMs !== undefined) this.idle = setTimeout(() => void this.end(), this.options.idleMs).unref();
  }

  private lost(worker: Worker, cause: unknown): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    const waiting = [...this.calls.values()];
    this.calls.clear();
    for (const { reject } of waiting) reject(new ThreadLostError(this.options.name, cause));
  }

  private async end(): Promise<void> {
    const { worker } = this;
    if (!worker) return;
    this.lost(worker, 'it was closed');
    await worker.terminate();
  }
}
