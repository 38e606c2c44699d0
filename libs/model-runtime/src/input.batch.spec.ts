import fc from 'fast-check';
import { concatenate } from './input.batch';
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

it('is the same as encoding all rows together', () => {
  const number = fc.float({ noNaN: true, noDefaultInfinity: true });
  const row = fc.record({ a: number, b: number, s: fc.string(), t: fc.string() });
  fc.assert(
    fc.property(fc.array(fc.array(row, { maxLength: 4 }), { minLength: 1, maxLength: 5 }), (requests) => {
      const parts = requests.map((rows) => encodeRows(rows, signature));
      expect(concatenate(parts)).toEqual(encodeRows(requests.flat(), signature));
    }),
  );
});
