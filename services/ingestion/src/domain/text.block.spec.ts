import { packTexts, textsOf, unpackTexts } from './text.block';

describe('packed texts', () => {
  const texts = ['a', '', 'für', '日本', 'x'.repeat(300)];

  it('are read wherever in memory they lie, as in a buffer that the database driver gave', () => {
    const packed = packTexts(texts);
    for (let offset = 0; offset < 8; offset++) {
      const memory = Buffer.alloc(packed.length + offset);
      memory.set(packed, offset);
      expect(textsOf(unpackTexts(memory.subarray(offset)))).toEqual(texts);
    }
  });

  it('may be none', () => {
    expect(textsOf(unpackTexts(packTexts([])))).toEqual([]);
  });
});
