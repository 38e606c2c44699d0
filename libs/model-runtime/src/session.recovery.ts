import type { Runner } from './batch.dispatcher';
import { ModelRuntimeError } from './model-runtime.errors';
import type { PackedBatch } from './packed.model';
import { NotBegunError } from './worker.session';

export interface Session extends Runner {
  close(): Promise<void>;
}

/**
 * A session that is opened again when it crashes. A second crash without a finished run between is final:
 * every later call throws MODEL_UNLOADABLE.
 */
export class RecoveringSession implements Session {
  private crashesInARow = 0;
  private closed = false;
  private current: Promise<Session>;
  private running: Session | undefined;

  private constructor(private readonly open: (onCrash: () => void) => Promise<Session>) {
    this.current = this.open(() => this.reopen());
  }

  /** Throws what `open` throws. */
  static async open(open: (onCrash: () => void) => Promise<Session>): Promise<RecoveringSession> {
    const session = new RecoveringSession(open);
    await session.current;
    return session;
  }

  async run(batch: PackedBatch): Promise<Float32Array> {
    const session = await this.current;
    this.running = session;
    try {
      const probabilities = await session.run(batch);
      this.crashesInARow = 0;
      return probabilities;
    } catch (error) {
      if (error instanceof NotBegunError) return this.run(batch);
      throw error;
    }
  }

  poll(): void {
    this.running?.poll();
  }

  async close(): Promise<void> {
    this.closed = true;
    const session = await this.current.catch(() => undefined);
    await session?.close();
  }

  private reopen(): void {
    if (this.closed) return;
    this.crashesInARow += 1;
    this.current = this.crashesInARow > 1 ? Promise.reject(crashedAgain()) : this.open(() => this.reopen());
    // Told by the next run; until then nobody waits for it.
    this.current.catch(() => undefined);
  }
}

function crashedAgain(): ModelRuntimeError {
  return new ModelRuntimeError('MODEL_UNLOADABLE', 'The inference worker crashed again right after it was reopened');
}
