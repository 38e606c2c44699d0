import fc from 'fast-check';
import { partsOf } from './input.batch';
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

it('comes apart into parts of bounded length, each as its rows are encoded', () => {
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 10 }), (rows, limit) => {
      const batch = encodeRows(rows, signature);
      const parts = [...partsOf(batch, limit)];
      const starts = Array.from({ length: Math.ceil(rows.length / limit) }, (_, at) => at * limit);
      expect(parts).toEqual(starts.map((start) => encodeRows(rows.slice(start, start + limit), signature)));
    }),
  );
});
