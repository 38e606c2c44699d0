import { ServiceError } from '@perennial/service';
import type { BacklogWatch } from './backlog.watch';

type Watched = Pick<BacklogWatch, 'retryAfter' | 'view' | 'refused'>;

/** Lets pushes through while the platform keeps up. */
export class Admission {
  constructor(
    private readonly watch: Watched,
    private readonly options: { waitMs: number; pauseMs: number; pause: (milliseconds: number) => Promise<void> },
  ) {}

  /**
   * accepted: records of the request that were published before. A request that has begun waits a while, unread, and
   * its sender with it; one that has not is refused at once. Throws BACKLOG_FULL (429), with details.retryAfterSeconds.
   */
  async admit(accepted: number): Promise<void> {
    const { waitMs, pauseMs, pause } = this.options;
    const limit = accepted === 0 ? 0 : waitMs;
    for (let waited = 0; this.watch.retryAfter() !== null; waited += pauseMs) {
      if (waited >= limit) throw this.refusal(accepted);
      await pause(pauseMs);
    }
  }

  private refusal(accepted: number): ServiceError {
    this.watch.refused();
    const { messages, bounds, secondsToDrain } = this.watch.view();
    const retryAfterSeconds = this.watch.retryAfter() ?? 1;
    const rule = `at most ${bounds.messages} messages, or ${bounds.seconds} seconds of work, may wait to be stored`;
    const message = `${messages} messages wait to be stored: ${rule}; push again after ${retryAfterSeconds} seconds`;
    const details = { field: 'backlog', value: messages, rule, secondsToDrain, retryAfterSeconds, accepted };
    return new ServiceError('BACKLOG_FULL', 429, message, details, { retryable: true });
  }
}

/** For installations that cannot tell their backlog. */
export const admitAll: Pick<Admission, 'admit'> = { admit: async () => undefined };
