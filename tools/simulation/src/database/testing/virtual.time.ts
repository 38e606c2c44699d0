import { redirectDriverTime } from '../driver.time';
import type { SteppingSimulator } from './stepping.simulator';

/** Jest's timers, moved on whenever no operation waits for its step; the driver's time follows them. */
export class VirtualTime {
  private readonly restoreDriver: () => void;

  constructor(private readonly simulator: SteppingSimulator) {
    jest.useFakeTimers({
      now: Date.parse('2026-01-01T00:00:00Z'),
      advanceTimers: false,
      doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'],
    });
    jest.spyOn(Math, 'random').mockImplementation(() => simulator.random());
    this.restoreDriver = redirectDriverTime();
  }

  async settled<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const end = () => (done = true);
    work.then(end, end);
    while (!done) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.simulator.idle) await jest.advanceTimersToNextTimerAsync();
    }
    return work;
  }

  pass(milliseconds: number): Promise<void> {
    return this.settled(new Promise((resolve) => setTimeout(resolve, milliseconds)));
  }

  restore(): void {
    this.restoreDriver();
    jest.restoreAllMocks();
    jest.useRealTimers();
  }
}
