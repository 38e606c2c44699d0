import { type ClockPair, delayOf } from './report.delay';

const hour = 3_600_000;

/** Delays as found for reports that were said and heard at these seconds; the replica's clock is `off` ms ahead. */
function delays(off: number, reports: readonly (readonly [said: number, heard: number])[]): number[] {
  let known: ClockPair | null = null;
  return reports.map(([said, heard]) => {
    const { delay, pair } = delayOf(known, said * 1_000 + off, heard * 1_000);
    known = pair;
    return Math.round(delay / 1_000);
  });
}

describe('the delay of reports', () => {
  it.each([0, hour, -hour, 400 * 24 * hour])('is found whatever the clocks say: %i ms apart', (off) => {
    const onTime = [5, 10, 15].map((at) => [at, at] as const);
    expect(delays(off, [...onTime, [20, 40], [25, 60], [30, 62], [65, 65]])).toEqual([0, 0, 0, 20, 35, 32, 0]);
  });

  it('is none for the first report, and is found once a faster one has come', () => {
    expect(
      delays(0, [
        [0, 100],
        [5, 102],
        [100, 103],
        [105, 120],
      ]),
    ).toEqual([0, 0, 0, 12]);
  });

  it('begins anew when the clock is set back, and goes on when it is set forward', () => {
    const said = [10, 15, 20, 20 - 3600, 25 - 3600, 30, 35];
    expect(
      delays(
        0,
        said.map((at, index) => [at, 10 + 5 * index] as const),
      ),
    ).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it('does not grow with clocks that drift apart', () => {
    const slow = Array.from({ length: 1_000 }, (_, index) => [index * 30, index * 30 * 1.0005] as const);
    expect(Math.max(...delays(0, slow))).toBe(0);
  });
});
