import fc from 'fast-check';
import { bucketOf, entityKey, owns } from './traffic.split';

describe('the bucket of a key', () => {
  // python3: struct.unpack('>I', hashlib.sha256(f'{experiment}\n{key}'.encode()).digest()[:4])[0] * 10000 // 2**32
  it.each([
    ['credit-default/7', 'customer-1', 2077],
    ['credit-default/7', 'customer-2', 2331],
    ['credit-default/8', 'customer-1', 4946],
    ['e', '', 6356],
    ['e', '["DE","ä"]', 4721],
    ['0194b2c6-7a10-7015-9c3e-5f0d8e2a0015', '42', 6725],
  ])('is the published one: %s, %s', (experiment, key, bucket) => {
    expect(bucketOf(experiment, key)).toBe(bucket);
  });

  it('falls into a range as often as the range is wide', () => {
    const keys = 4_000;
    const property = fc.property(fc.string(), fc.integer({ min: 1, max: 99 }), (experiment, percent) => {
      const arm = { buckets: [{ from: 0, to: percent * 100 }] };
      let hits = 0;
      for (let key = 0; key < keys; key += 1) if (owns(arm, bucketOf(experiment, `k${key}`))) hits += 1;
      const share = percent / 100;
      // Five standard deviations: one run in more than a million is beyond.
      return Math.abs(hits / keys - share) < 5 * Math.sqrt((share * (1 - share)) / keys) + 1e-4;
    });
    fc.assert(property, { numRuns: 20 });
  });
});

describe('the key of a row', () => {
  it('is made of its columns, whatever else it has', () => {
    expect(entityKey({ country: 'DE', id: 7, age: 30 }, ['id', 'country'])).toBe('[7,"DE"]');
    expect(entityKey({ id: 7 }, ['id', 'country'])).toBe('[7,null]');
    expect(entityKey({ age: 30 }, ['id', 'country'])).toBeNull();
  });
});
