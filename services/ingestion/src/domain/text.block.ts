/** Texts as UTF-8, one after the other: text i is bytes[ends[i - 1], ends[i]). */
export interface TextBlock {
  count: number;
  ends: Uint32Array;
  bytes: Uint8Array;
}

const WORD = 4;

/** As bytes: the count, the ends, then the texts. */
export function packTexts(texts: readonly string[]): Uint8Array {
  const bytes = Buffer.from(texts.join(''), 'utf8');
  const start = WORD * (1 + texts.length);
  const packed = new Uint8Array(start + bytes.length);
  const words = new Uint32Array(packed.buffer, 0, 1 + texts.length);
  words[0] = texts.length;
  let end = 0;
  texts.forEach((text, index) => {
    end += Buffer.byteLength(text, 'utf8');
    words[1 + index] = end;
  });
  packed.set(bytes, start);
  return packed;
}

export function unpackTexts(packed: Uint8Array): TextBlock {
  // Copied by the constructor: the slice of a Buffer, as the database gives, would be a view of the same place.
  const aligned = packed.byteOffset % WORD === 0 ? packed : new Uint8Array(packed);
  const { buffer, byteOffset } = aligned;
  const [count = 0] = new Uint32Array(buffer, byteOffset, 1);
  const ends = new Uint32Array(buffer, byteOffset + WORD, count);
  return { count, ends, bytes: aligned.subarray(WORD * (1 + count)) };
}

export function textsOf({ count, ends, bytes }: TextBlock): string[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts = new Array<string>(count);
  for (let index = 0, start = 0; index < count; index++) {
    const end = ends[index] as number;
    texts[index] = buffer.toString('utf8', start, end);
    start = end;
  }
  return texts;
}
