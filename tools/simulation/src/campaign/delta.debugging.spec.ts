import fc from 'fast-check';
import { smallestFailing } from './delta.debugging';

const numbers = Array.from({ length: 20 }, (_, n) => n);

describe('delta debugging', () => {
  it('finds exactly the items that are needed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(19), { minLength: 1, maxLength: 4 }), async (needed) => {
        const fails = async (subset: readonly number[]) => needed.every((item) => subset.includes(item));
        const found = await smallestFailing(numbers, fails, 1_000);
        expect([...found]).toEqual([...needed].sort((a, b) => a - b));
      }),
    );
  });

  it('leaves nothing where nothing is needed', async () => {
    expect(await smallestFailing(numbers, async () => true, 100)).toEqual([]);
  });

  it('stops asking at the limit and returns what failed last', async () => {
    let asked = 0;
    const fails = async (subset: readonly number[]) => {
      asked++;
      return subset.includes(7) && subset.includes(13);
    };
    const found = await smallestFailing(numbers, fails, 5);
    expect(asked).toBeLessThanOrEqual(5);
    expect(found).toEqual(expect.arrayContaining([7, 13]));
  });
});
