import fc from 'fast-check';
import { concatenate, partsOf } from './input.batch';
import type { ModelSignature } from './model.signature';
import { encodeRows } from './row.encoder';

const signature: ModelSignature = {
  inputs: [
    { name: 'a', type: 'number' },
    { name: 's', type: 'string' },
    { name: 'b', type: 'number' },
    { name: 't', type: 'string' },
  ],
};

const number = fc.float({ noNaN: true, noDefaultInfinity: true });
const row = fc.record({ a: number, b: number, s: fc.string(), t: fc.string() });

it('is the same as encoding all rows together', () => {
  fc.assert(
    fc.property(fc.array(fc.array(row, { maxLength: 4 }), { minLength: 1, maxLength: 5 }), (requests) => {
      const parts = requests.map((rows) => encodeRows(rows, signature));
      expect(concatenate(parts)).toEqual(encodeRows(requests.flat(), signature));
    }),
  );
});

it('comes apart into parts of bounded length that are it when put together', () => {
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 10 }), (rows, limit) => {
      const batch = encodeRows(rows, signature);
      const parts = [...partsOf(batch, limit)];
      expect(concatenate(parts)).toEqual(batch);
      expect(parts.map((part) => part.rows).every((count) => count > 0 && count <= limit)).toBe(true);
    }),
  );
});
