import fc from 'fast-check';
import { IdentitySet } from './identity.set';
import { packTexts, textsOf, unpackTexts } from './text.block';

const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 6 }), { maxLength: 400 });
const bytesOf = (text: string) => Buffer.from(text, 'utf8');

describe('a set of identities', () => {
  it('answers as a Set of strings does, whatever the seed', () => {
    fc.assert(
      fc.property(texts, texts, fc.nat(), (added, asked, seed) => {
        const set = new IdentitySet(seed);
        const model = new Set<string>();
        for (const text of added) {
          expect(set.add(bytesOf(text))).toBe(!model.has(text));
          model.add(text);
        }
        expect(set.size).toBe(model.size);
        for (const text of asked) expect(set.has(bytesOf(text))).toBe(model.has(text));
      }),
    );
  });

  it('counts what it shares with another', () => {
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        const [left, right] = [new IdentitySet(1), new IdentitySet(2)];
        a.forEach((text) => left.add(bytesOf(text)));
        b.forEach((text) => right.add(bytesOf(text)));
        const known = new Set(a);
        expect(left.shared(right)).toBe([...new Set(b)].filter((text) => known.has(text)).length);
      }),
    );
  });

  it('holds many, each once', () => {
    const set = new IdentitySet(3);
    let added = 0;
    for (let n = 0; n < 100_000; n++) if (set.add(bytesOf(`record-${n % 50_000}`))) added++;
    expect([added, set.size]).toEqual([50_000, 50_000]);
  });
});

it('packs texts and gives them back', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 0, max: 7 }), (given, shift) => {
      const packed = packTexts(given);
      const larger = new Uint8Array(packed.length + shift);
      larger.set(packed, shift);
      expect(textsOf(unpackTexts(larger.subarray(shift)))).toEqual(given);
      expect(textsOf(unpackTexts(Buffer.from(larger.buffer, shift)))).toEqual(given);
    }),
  );
});
