const SLOTS = 1_024;
const LONGEST = 32;

/** By the hash of their bytes; a text takes the place of the one before it. */
const texts = new Array<string | undefined>(SLOTS).fill(undefined);

/**
 * The text of these bytes where they are few and ASCII, else undefined. Names, datatypes and categories come again with
 * every request: they are kept, and not made anew.
 */
export function knownText(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start > LONGEST) return undefined;
  let hash = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte >= 0x80) return undefined;
    hash = (hash * 31 + byte) | 0;
  }
  const slot = (hash ^ (hash >>> 10)) & (SLOTS - 1);
  const kept = texts[slot];
  return kept !== undefined && isSame(kept, bytes, start, end) ? kept : (texts[slot] = made(bytes, start, end));
}

function isSame(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let at = start; at < end; at += 1) if (text.charCodeAt(at - start) !== bytes[at]) return false;
  return true;
}

const made = (bytes: Uint8Array, start: number, end: number): string =>
  String.fromCharCode(...bytes.subarray(start, end));
