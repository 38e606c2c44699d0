import fc from 'fast-check';
import { packSlice, unpackSlice } from './slice.transfer';

const bytes = fc.uint8Array({ maxLength: 50 }).map((array) => Buffer.from(array));
const records = fc.array(
  fc.record({
    topic: fc.constant(''),
    partition: fc.constant(0),
    offset: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String),
    key: fc.constant(null),
    value: fc.option(bytes, { nil: null }),
    headers: fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 12 }), bytes, {
      maxKeys: 4,
      noNullPrototype: true,
    }),
    timestamp: fc.constant(0),
  }),
);

it('carries values and headers of a slice through one buffer', () => {
  fc.assert(
    fc.property(records, (given) => {
      const crossed = structuredClone(packSlice({ records: given }));
      expect(unpackSlice(crossed)).toEqual(given);
    }),
  );
});

it('carries a header whatever its name', () => {
  const headers = Object.fromEntries([['__proto__', Buffer.from('a')]]);
  const place = { topic: '', partition: 0, offset: '0', key: null, timestamp: 0 };
  const [record] = unpackSlice(packSlice({ records: [{ ...place, value: null, headers }] }));
  expect(Object.entries(record!.headers)).toEqual([['__proto__', Buffer.from('a')]]);
});
