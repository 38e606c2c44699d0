// Wire format: https://protobuf.dev/programming-guides/encoding/
const VARINT = 0;
const LENGTH_DELIMITED = 2;

const utf8 = new TextEncoder();

/** Of a whole number from 0 to 2^53. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

/** A field of bytes, text or a message given by its fields. */
export function content(number: number, value: Uint8Array | string | readonly Uint8Array[]): Uint8Array {
  const bytes =
    typeof value === 'string' ? utf8.encode(value) : value instanceof Uint8Array ? value : concatenate(value);
  return concatenate([Uint8Array.from([...varint(number * 8 + LENGTH_DELIMITED), ...varint(bytes.byteLength)]), bytes]);
}

/** A field of a whole number that is not negative. */
export const integer = (number: number, value: number): Uint8Array =>
  Uint8Array.from([...varint(number * 8 + VARINT), ...varint(value)]);
