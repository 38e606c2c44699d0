/**
 * A number in groups of seven bits, the lowest first (LEB128), and where it ends; up to 2^53 exactly.
 * Throws an Error where the bytes end before it or it has more than `longest` bytes.
 */
export function varintAt(bytes: Uint8Array, from: number, longest: number): { value: number; end: number } {
  let value = 0;
  for (let at = from, scale = 1; at < from + longest; scale *= 128) {
    const part = bytes[at++];
    if (part === undefined) throw new Error('a number ends too early');
    value += (part & 0x7f) * scale;
    if (part < 0x80) return { value, end: at };
  }
  throw new Error('a number is too long');
}
