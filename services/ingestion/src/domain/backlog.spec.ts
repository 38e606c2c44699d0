import fc from 'fast-check';
import { type Backlog, observe, retryAfterSeconds, secondsToDrain } from './backlog';

const bounds = { messages: 1_000, seconds: 10 };

/** Readings a second apart. */
function read(...readings: [lag: number, handled: number][]): Backlog {
  let backlog: Backlog | null = null;
  readings.forEach(([lag, handled], second) => (backlog = observe(backlog, { lag, handled }, second * 1000, bounds)));
  return backlog as unknown as Backlog;
}

describe('the backlog of messages', () => {
  it('is full when it is long and takes long', () => {
    expect(read([2_000, 0], [1_900, 100])).toMatchObject({ rate: 100, full: true });
  });

  it('is not full when it is long and soon worked off', () => {
    expect(read([50_000, 0], [40_000, 10_000])).toMatchObject({ rate: 10_000, full: false });
  });

  it('is not full when it is short, however slow', () => {
    expect(read([900, 0], [900, 0])).toMatchObject({ rate: 0, full: false });
    expect(secondsToDrain(read([900, 0], [900, 0]))).toBe(Infinity);
  });

  it('is full when nothing is worked off any more', () => {
    expect(read([1_500, 0], [1_500, 0])).toMatchObject({ rate: 0, full: true });
  });

  it('stays full until it has shrunk to half', () => {
    const slow: [number, number][] = [
      [2_000, 0],
      [1_900, 100],
      [900, 200],
    ];
    expect(read(...slow)).toMatchObject({ full: true });
    expect(read(...slow, [490, 300])).toMatchObject({ full: false });
  });

  it('keeps the pace that it had when there was work', () => {
    expect(read([100, 0], [0, 100], [0, 100], [0, 100])).toMatchObject({ rate: 100, full: false });
  });

  it('names a wait after which half the bound is reached, at the present pace', () => {
    // 2,000 wait, 100 a second: 1,000 are half of what may take 10 s, and 500 half of what may wait.
    expect(retryAfterSeconds({ lag: 2_000, handled: 0, at: 0, rate: 100, full: true }, bounds)).toBe(15);
    expect(retryAfterSeconds({ lag: 2_000, handled: 0, at: 0, rate: 0, full: true }, bounds)).toBe(30);
    expect(retryAfterSeconds({ lag: 1e9, handled: 0, at: 0, rate: 1, full: true }, bounds)).toBe(300);
  });

  it('has opened again when the wait is over and the pace was kept', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_001, max: 100_000 }), fc.integer({ min: 1, max: 5_000 }), (lag, rate) => {
        const before: Backlog = { lag, handled: 0, at: 0, rate, full: true };
        const wait = retryAfterSeconds(before, bounds);
        if (wait === 300) return;
        const handled = Math.min(lag, rate * wait);
        const after = observe(before, { lag: lag - handled, handled }, wait * 1000, bounds);
        expect(after.full).toBe(false);
      }),
    );
  });
});
