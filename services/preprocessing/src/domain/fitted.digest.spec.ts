import { digestOfJson } from './fitted.digest';

describe('the digest of fitted preprocessing', () => {
  it('does not depend on the order of keys, nor on absent ones', () => {
    const one = digestOfJson({ b: [1, { d: 1, c: 2 }], a: 'x', e: undefined });
    expect(one).toBe(digestOfJson({ a: 'x', b: [1, { c: 2, d: 1 }] }));
    expect(one).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('depends on values and on the order of lists', () => {
    expect(digestOfJson({ a: [1, 2] })).not.toBe(digestOfJson({ a: [2, 1] }));
    expect(digestOfJson({ a: 1 })).not.toBe(digestOfJson({ a: null }));
  });
});
