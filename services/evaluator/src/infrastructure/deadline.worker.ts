import type { Logger } from '@perennial/messaging';
import { PollLoop } from '@perennial/service';
import type { ExpireAttempts } from '../application/expire.attempts';

export interface DeadlineWorkerOptions {
  everyMs: number;
  logger: Logger;
  random(): number;
}

/** Looks for overdue attempts; apart from judging, which may take minutes. */
export class DeadlineWorker {
  private readonly loop: PollLoop;

  constructor(expire: ExpireAttempts, options: DeadlineWorkerOptions) {
    this.loop = new PollLoop({ name: 'attempt deadlines', ...options }, () => expire.run());
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.loop.stop();
  }
}
