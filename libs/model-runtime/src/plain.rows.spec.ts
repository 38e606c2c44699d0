import fc from 'fast-check';
import { encodePlainRows } from './plain.rows';
import { encodeCheckedRows } from './row.encoder';

const signature = {
  inputs: [
    { name: 'sex', type: 'string' },
    { name: 'limit_bal', type: 'number' },
    { name: 'age', type: 'integer' },
    { name: 'approved_on', type: 'date' },
    { name: 'toString', type: 'string' },
    { name: 'valid', type: 'boolean' },
  ],
} as const;

const value = fc.oneof(
  fc.string(),
  fc.double(),
  fc.integer(),
  fc.constantFrom(null, undefined, NaN, 3.4028236e38, -3.5e38, true, '2021-02-30', '2021-01-01', {}, []),
);
const plain = fc.record({
  sex: fc.oneof(fc.string(), fc.integer(), fc.constant(null)),
  limit_bal: fc.oneof(fc.double({ noNaN: true, min: -1e30, max: 1e30 }), fc.constant(null)),
  age: fc.oneof(fc.integer(), fc.constant(null)),
  approved_on: fc.constant(null),
  toString: fc.string(),
  valid: fc.constant(null),
});
const any = fc.dictionary(fc.constantFrom(...signature.inputs.map(({ name }) => name)), value);
const row: fc.Arbitrary<Record<string, unknown>> = fc.oneof({ weight: 3, arbitrary: plain }, any);

it('encodes what it takes as the checked way does, and takes nothing that breaks a rule', () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.array(row, { maxLength: 3 }), (rows) => {
      const found = encodePlainRows(rows, signature);
      if (found === undefined) return;
      taken += 1;
      expect(found).toEqual(encodeCheckedRows(rows, signature));
    }),
  );
  expect(taken).toBeGreaterThan(10);
});

it('leaves what is no row to the checked way', () => {
  for (const wrong of [null, 7, [], undefined]) expect(encodePlainRows([wrong as never], signature)).toBeUndefined();
});
