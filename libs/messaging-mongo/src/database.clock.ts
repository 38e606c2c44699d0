import type { Clock, Logger } from '@perennial/messaging';
import type { Connection } from 'mongoose';

const LOOK_MS = 30_000;
/** Half of what an answer took is the error of the time that it tells. */
const TOLERABLE_MS = 1_000;

/**
 * The database server's time, carried on by this process's monotonic clock between looks. All services share it, so a
 * deadline that one of them sets ends for all at once, whatever their own clocks say or are set to meanwhile.
 */
export class DatabaseClock implements Clock {
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly connection: Connection,
    /** Milliseconds from the monotonic clock to the server's. */
    private ahead: number,
  ) {}

  /** Looks once, then every half minute until stopped. */
  static async start(connection: Connection, logger: Logger): Promise<DatabaseClock> {
    const clock = new DatabaseClock(connection, (await look(connection)).ahead);
    const again = () =>
      clock.lookAgain().catch((error: unknown) => logger.debug({ err: error }, "The database's time was not told"));
    clock.timer = setInterval(() => void again(), LOOK_MS);
    clock.timer.unref();
    return clock;
  }

  now(): Date {
    return new Date(performance.now() + this.ahead);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async lookAgain(): Promise<void> {
    const { ahead, error } = await look(this.connection);
    // A slow answer, as from a busy server, tells less than what is known, unless a clock was set.
    if (error < TOLERABLE_MS || Math.abs(ahead - this.ahead) > error) this.ahead = ahead;
  }
}

async function look(connection: Connection): Promise<{ ahead: number; error: number }> {
  const asked = performance.now();
  const answer = await connection.db?.admin().command({ hello: 1 });
  const error = (performance.now() - asked) / 2;
  return { ahead: (answer?.localTime as Date).getTime() - asked - error, error };
}
