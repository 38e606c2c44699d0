import { codeOf, type Logger } from '@perennial/messaging';
import type { FileStore, TaskStore } from './ports';

/** In one look. */
const AT_ONCE = 50;

/**
 * Deletes the models of trials whose run is over, then the trials. Any trainer, any number of them, at any time: each
 * file holds bytes of one claim of one trial, so nobody else can mean it.
 */
export class DiscardTrials {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  constructor(
    private readonly tasks: Pick<TaskStore, 'discarded' | 'remove'>,
    private readonly files: Pick<FileStore, 'delete'>,
    private readonly logger: Logger,
    private readonly intervalMs: number,
  ) {}

  start(): void {
    this.timer = setInterval(() => {
      this.looking ??= this.discard()
        .catch((err: unknown) =>
          this.logger.warn({ err, code: codeOf(err) }, 'Trials could not be deleted; tried again'),
        )
        .finally(() => (this.looking = undefined));
    }, this.intervalMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  async discard(): Promise<void> {
    for (const { taskId, model } of await this.tasks.discarded(AT_ONCE)) {
      // The file first: without the trial nobody would know of it.
      if (model) await this.files.delete(model);
      await this.tasks.remove(taskId);
    }
  }
}
