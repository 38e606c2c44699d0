import type { Logger } from '@perennial/messaging';
import { PollLoop } from '@perennial/service';
import type { DeleteCheckpoints } from '../application/delete.checkpoints';

export interface SweeperOptions {
  everyMs: number;
  logger: Logger;
  random(): number;
}

/** Deletes now and then what was kept of runs that are over. */
export class CheckpointSweeper {
  private readonly loop: PollLoop;

  constructor(deleteCheckpoints: DeleteCheckpoints, options: SweeperOptions) {
    this.loop = new PollLoop({ name: 'checkpoints of runs that are over', ...options }, () => deleteCheckpoints.run());
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.loop.stop();
  }
}
