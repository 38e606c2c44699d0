import { randomOf } from './random';

const draws = (seed: number, name = '') => {
  const random = randomOf(seed, name);
  return Array.from({ length: 5 }, () => random.integer(0, 999));
};

describe('choices from a seed', () => {
  it('are the same for the same seed and name, and otherwise not', () => {
    expect(draws(7, 'kills')).toEqual(draws(7, 'kills'));
    expect(draws(7, 'kills')).not.toEqual(draws(8, 'kills'));
    expect(draws(7, 'kills')).not.toEqual(draws(7, 'storm'));
  });

  it('spread evenly over neighbouring seeds', () => {
    const firsts = Array.from({ length: 1000 }, (_, seed) => randomOf(seed, 'kills').uniform());
    const halves = firsts.filter((value) => value < 0.5).length;
    expect(halves).toBeGreaterThan(420);
    expect(halves).toBeLessThan(580);
  });

  it('samples without repeating, and no more than there are', () => {
    const sample = randomOf(3).sample(['a', 'b', 'c'], 5);
    expect([...sample].sort()).toEqual(['a', 'b', 'c']);
  });

  it('refuses to pick from nothing', () => {
    expect(() => randomOf(1).pick([])).toThrow(RangeError);
  });
});
