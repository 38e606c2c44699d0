import { silentLogger } from '@perennial/messaging';
import { PollLoop } from './poll.loop';

const never = 3_600_000;
const options = { name: 'test', everyMs: never, logger: silentLogger as never, random: () => 0.5 };
/** Until what has been set in motion has come to rest, without waiting for time to pass. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

describe('a poll loop', () => {
  let loop: PollLoop | undefined;
  afterEach(() => loop?.stop());

  it('waits between two rounds, and not when it is woken', async () => {
    let rounds = 0;
    loop = new PollLoop(options, async () => void rounds++);
    loop.start();
    await settled();
    expect(rounds).toBe(1);
    loop.wake();
    await settled();
    expect(rounds).toBe(2);
  });

  it('looks once more when it was woken during a round, which may have missed what it was woken for', async () => {
    let rounds = 0;
    let end = () => {};
    loop = new PollLoop(options, async () => {
      rounds++;
      if (rounds === 1) await new Promise<void>((resolve) => (end = resolve));
    });
    loop.start();
    await settled();
    loop.wake();
    loop.wake();
    expect(rounds).toBe(1);
    end();
    await settled();
    expect(rounds).toBe(2);
  });

  it('ends at once when stopped, in a pause as in a round', async () => {
    const paused = new PollLoop(options, async () => undefined);
    paused.start();
    await settled();
    await paused.stop();
    let end = () => {};
    const running = new PollLoop(options, () => new Promise<void>((resolve) => (end = resolve)));
    running.start();
    const stopped = running.stop();
    end();
    await stopped;
  });

  it('keeps its pause after a failure, however often it is woken', async () => {
    let rounds = 0;
    loop = new PollLoop(options, async () => {
      rounds++;
      throw new Error('away');
    });
    loop.start();
    await settled();
    loop.wake();
    await settled();
    expect(rounds).toBe(1);
  });
});
