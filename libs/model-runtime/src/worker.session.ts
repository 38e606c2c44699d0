import { MessageChannel, type MessagePort, receiveMessageOnPort, type Worker } from 'node:worker_threads';
import { ModelRuntimeError } from './model-runtime.errors';
import type { PackedBatch } from './packed.model';
import type { RunRequest, WorkerReply, WorkerStart } from './worker.protocol';
import type { SpawnWorker } from './worker.spawn';

/** The worker crashed before it came to this batch. */
export class NotBegunError extends Error {}

type Waiting = { resolve(reply: WorkerReply): void; reject(error: unknown): void };

/** One worker with one session. It never restarts: once crashed, every call says so. */
export class WorkerSession {
  /** In the order in which the worker answers. */
  private readonly waiting: Waiting[] = [];
  private crash: ModelRuntimeError | undefined;
  private closing = false;

  private constructor(
    private readonly worker: Worker,
    private readonly port: MessagePort,
    private readonly onCrash: () => void,
  ) {
    port.on('message', (reply: WorkerReply) => this.take(reply));
    worker.on('error', (error: unknown) => this.crashed((error as Error).message, error));
    worker.on('exit', (code) => this.crashed(`exit code ${code}`));
  }

  /** Throws MODEL_UNLOADABLE; onCrash is called at most once, and only after a successful open. */
  static async open(
    spawn: SpawnWorker,
    start: Omit<WorkerStart, 'port'>,
    onCrash: () => void = () => undefined,
  ): Promise<WorkerSession> {
    let opened = false;
    const { port1, port2 } = new MessageChannel();
    const worker = spawn({ ...start, port: port2 });
    const session = new WorkerSession(worker, port1, () => opened && onCrash());
    try {
      const reply = await session.nextReply();
      if (reply.kind !== 'ready') throw new Error('message' in reply ? reply.message : reply.kind);
      opened = true;
      return session;
    } catch (error) {
      await session.close();
      const { message } = error as Error;
      throw new ModelRuntimeError(
        'MODEL_UNLOADABLE',
        `The model cannot be loaded: ${message}`,
        { reason: message },
        error,
      );
    }
  }

  /** In the order of the calls. Throws INFERENCE_FAILED, WORKER_CRASHED, or NotBegunError where another run did that. */
  async run(batch: PackedBatch): Promise<Float32Array> {
    if (this.crash !== undefined) throw this.crash;
    this.port.postMessage(batch satisfies RunRequest);
    const reply = await this.nextReply();
    if (reply.kind === 'probabilities') return reply.probabilities;
    const reason = 'message' in reply ? reply.message : reply.kind;
    throw new ModelRuntimeError('INFERENCE_FAILED', `The model failed on ${batch.rows} rows: ${reason}`, { reason });
  }

  /** Settles the runs that have ended now; by itself that waits for all else that the event loop was told of before. */
  poll(): void {
    const next = () => receiveMessageOnPort(this.port) as { message: WorkerReply } | undefined;
    for (let received = next(); received; received = next()) this.take(received.message);
  }

  async close(): Promise<void> {
    this.closing = true;
    this.port.close();
    await this.worker.terminate();
  }

  private nextReply(): Promise<WorkerReply> {
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  private take(reply: WorkerReply): void {
    this.waiting.shift()?.resolve(reply);
  }

  private crashed(reason: string, cause?: unknown): void {
    if (this.closing || this.crash !== undefined) return;
    const crash = new ModelRuntimeError('WORKER_CRASHED', `The inference worker crashed: ${reason}`, { reason }, cause);
    this.crash = crash;
    const [running, ...behind] = this.waiting.splice(0);
    running?.reject(crash);
    behind.forEach(({ reject }) => reject(new NotBegunError()));
    this.onCrash();
  }
}
