import fc from 'fast-check';
import { median, percentile } from './percentiles';
import { type Sample, slopeOf, stretches } from './memory.slope';

/** So many units an hour, sampled once a minute. */
const line = (perHour: number, minutes: number, noise: (minute: number) => number = () => 0): Sample[] =>
  Array.from({ length: minutes }, (_, minute) => ({
    at: minute * 60,
    value: 100 + (perHour * minute) / 60 + noise(minute),
  }));

describe('the slope of memory', () => {
  it('is that of a line, and unmoved by a quarter of wild samples', () => {
    expect(slopeOf(line(12, 30)).perHour).toBeCloseTo(12, 6);
    const wild = line(12, 40, (minute) => (minute % 5 === 4 ? 500 : 0));
    expect(slopeOf(wild).perHour).toBeCloseTo(12, 6);
  });

  it('lies within its interval, which holds zero for noise without a trend', () => {
    const noisy = line(0, 30, (minute) => Math.sin(minute * 12.9898) * 5);
    const { perHour, low, high } = slopeOf(noisy);
    expect(low).toBeLessThanOrEqual(perHour);
    expect(high).toBeGreaterThanOrEqual(perHour);
    expect(low * high).toBeLessThan(0);
  });

  it('does not hold zero where a leak stands out of the noise', () => {
    const leak = line(60, 30, (minute) => Math.sin(minute * 12.9898) * 5);
    expect(slopeOf(leak).low).toBeGreaterThan(0);
  });

  it('refuses what has no slope', () => {
    expect(() => slopeOf(line(1, 2))).toThrow('2 samples');
  });
});

describe('stretches', () => {
  it('hold one value each, at their middle', () => {
    const samples = [0, 10, 20, 30, 40, 50].map((at) => ({ at, value: at }));
    expect(stretches(samples, 30)).toEqual([
      { at: 15, value: 10 },
      { at: 45, value: 40 },
    ]);
    expect(stretches(samples, 30, (values) => Math.min(...values)).map(({ value }) => value)).toEqual([0, 30]);
  });
});

describe('percentiles', () => {
  it('are values that occur, with at least that share at or below them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(100), { minLength: 1 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (values, share) => {
          const found = percentile(values, share);
          expect(values).toContain(found);
          expect(values.filter((value) => value <= found).length).toBeGreaterThanOrEqual(share * values.length - 1e-9);
          expect(values.filter((value) => value < found).length).toBeLessThan(share * values.length);
        },
      ),
    );
  });

  it('of nothing are not a number', () => expect(median([])).toBeNaN());
});
