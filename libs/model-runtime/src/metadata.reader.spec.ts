import fc from 'fast-check';
import { readMetadata } from '@perennial/onnx-file';
import { creditModel, withMetadata } from './testing/credit.fixture';

it('reads what the onnx package wrote', () => {
  expect(readMetadata(creditModel)).toEqual({
    'perennial.decision_threshold': '0.42',
    'perennial.pipeline': 'credit-default',
    'perennial.signature': expect.stringContaining('"columnType": "date"'),
  });
});

it('reads keys and values of any length and script', () => {
  const text = fc.string({ unit: 'binary', maxLength: 300 });
  fc.assert(
    fc.property(fc.dictionary(text, text), (metadata) => {
      const found = readMetadata(withMetadata(new Uint8Array(0), metadata));
      expect(Object.entries(found).sort()).toEqual(Object.entries(metadata).sort());
    }),
    { examples: [[Object.fromEntries([['__proto__', 'a']])], [{ constructor: 'a' }]] },
  );
});

it('refuses bytes that end early or are no protobuf', () => {
  expect(() => readMetadata(creditModel.subarray(0, creditModel.byteLength - 3))).toThrow('ends within a field');
  expect(() => readMetadata(Buffer.from([0x72]))).toThrow('ends within a number');
  expect(() => readMetadata(Buffer.from('not a model'))).toThrow();
});
