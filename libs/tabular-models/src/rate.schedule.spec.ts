import fc from 'fast-check';
import { rateAt, type ScheduleConfig, SCHEDULES } from './rate.schedule';

const config: ScheduleConfig = { learningRate: 2, schedule: 'constant', warmup: 0 };
const rates = (changes: Partial<ScheduleConfig>, steps: number) =>
  Array.from({ length: steps }, (_, index) => rateAt({ ...config, ...changes }, index + 1, steps));

it('is the same, falls in a line or by half a cosine, after it rose', () => {
  expect(rates({}, 3)).toEqual([2, 2, 2]);
  expect(rates({ schedule: 'linear' }, 4)).toEqual([2, 1.5, 1, 0.5]);
  expect(rates({ schedule: 'linear', warmup: 0.5 }, 4)).toEqual([1, 2, 2, 1]);
  expect(rates({ schedule: 'cosine' }, 4).map((rate) => Number(rate.toFixed(6)))).toEqual([2, 1.707107, 1, 0.292893]);
  expect(rates({ warmup: 0.3 }, 10).slice(0, 4)).toEqual([2 / 3, 4 / 3, 2, 2]);
});

it('is above 0, at most the learning rate, and never rises after warm-up', () => {
  const schedule = fc.constantFrom(...SCHEDULES);
  fc.assert(
    fc.property(
      schedule,
      fc.double({ min: 0, max: 0.9, noNaN: true }),
      fc.integer({ min: 1, max: 200 }),
      (kind, warmup, steps) => {
        const all = rates({ schedule: kind, warmup }, steps);
        expect(all.every((rate) => rate > 0 && rate <= 2)).toBe(true);
        const falling = all.slice(Math.floor(warmup * steps));
        expect(falling.every((rate, index) => index === 0 || rate <= falling[index - 1]!)).toBe(true);
      },
    ),
  );
});
