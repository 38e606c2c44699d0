import fc from 'fast-check';
import { knownText } from './known.texts';

const around = fc.tuple(fc.string({ maxLength: 3 }), fc.string({ maxLength: 40 }), fc.string({ maxLength: 3 }));

describe('a text that may be kept', () => {
  it('is what its bytes say, in whatever order texts come', () => {
    fc.assert(
      fc.property(fc.array(around, { maxLength: 50 }), (texts) => {
        for (const [before, text, after] of texts) {
          const [start, length] = [Buffer.byteLength(before), Buffer.byteLength(text)];
          const bytes = Buffer.from(before + text + after);
          expect(knownText(bytes, start, start + length)).toBe(length <= 32 ? text : undefined);
        }
      }),
    );
  });

  it('is not told of bytes that are no ASCII', () => {
    expect(knownText(Buffer.from('zwölf'), 0, 6)).toBeUndefined();
    expect(knownText(Buffer.from([0x80]), 0, 1)).toBeUndefined();
  });
});
