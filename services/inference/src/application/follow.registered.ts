import { codeOf, isRetryable, type Logger, sleep } from '@perennial/messaging';
import { onlyArm } from '../domain/rollout.target';
import type { ModelSlot } from './model.slot';
import type { RegisteredModel, RegisteredModels } from './ports';

/** Pauses are this much longer where another try changes nothing by itself. */
const PATIENCE = 20;

/**
 * Serves one model of a registry: the version that is asked for at the start, tried until it is there, and looked up anew
 * when somebody says so. What serves goes on serving while that fails.
 */
export class FollowRegistered {
  private readonly stopping = new AbortController();
  private first: Promise<void> | undefined;
  private sequence = 0;
  private served: { version: string; digest: string } | null = null;
  private failure: string | null = null;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    readonly slot: ModelSlot,
    private readonly models: RegisteredModels,
    private readonly logger: Logger,
    private readonly retryMs: number,
  ) {}

  start(): void {
    this.first ??= this.find();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.first;
  }

  /** Why it could not be looked up, the last time. */
  problem(): string | null {
    return this.failure;
  }

  /** Looks it up now and waits until it serves or cannot be loaded. Throws where it cannot be looked up. */
  async reload(): Promise<void> {
    await this.follow(true);
    await this.slot.settled();
  }

  private async find(): Promise<void> {
    while (!this.stopping.signal.aborted && this.served === null) {
      try {
        await this.follow(false);
      } catch (err) {
        const pause = isRetryable(err) ? this.retryMs : this.retryMs * PATIENCE;
        const { pipeline } = this.slot;
        this.logger.warn({ err, code: codeOf(err), pipeline }, 'A registered model cannot be had; it is tried again');
        await sleep(pause, this.stopping.signal).catch(() => undefined);
      }
    }
  }

  /** One after the other: what was looked up last counts. */
  private follow(again: boolean): Promise<void> {
    const turn = this.turn.then(() => this.look(again));
    this.turn = turn.catch(() => undefined);
    return turn;
  }

  private async look(again: boolean): Promise<void> {
    try {
      this.offer(await this.models.find(), again);
      this.failure = null;
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
      throw error;
    }
  }

  private offer({ version, digest, artifact }: RegisteredModel, again: boolean): void {
    const isOther = this.served?.version !== version || this.served.digest !== digest;
    if (isOther) this.sequence += 1;
    this.served = { version, digest };
    const rolloutId = `mlflow.${this.sequence}`;
    this.slot.offer(
      {
        target: {
          ...{ rolloutId, sequence: this.sequence, source: 'mlflow', experimentId: rolloutId },
          arms: [onlyArm({ version, digest })],
          shadows: [],
        },
        artifact,
      },
      { again },
    );
  }
}
