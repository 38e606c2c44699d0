import { summarise } from './round.summary';

describe('summarise', () => {
  it('takes the middle round of an odd number', () =>
    expect(summarise([9, 1, 100, 3, 4])).toEqual({ min: 1, median: 4 }));
  it('takes the mean of the two middle rounds of an even number', () =>
    expect(summarise([10, 2, 4, 100])).toEqual({ min: 2, median: 7 }));
  it('leaves the rounds in their order', () => {
    const rounds = [3, 1, 2];
    summarise(rounds);
    expect(rounds).toEqual([3, 1, 2]);
  });
  it.each([[[]], [[1, 0]], [[1, -2]], [[1, NaN]], [[Infinity]]])('refuses %p', (rounds) =>
    expect(() => summarise(rounds)).toThrow(RangeError),
  );
});
