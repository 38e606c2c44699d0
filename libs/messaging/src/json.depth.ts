const quote = 0x22;
const backslash = 0x5c;

const isOpening = (byte: number): boolean => byte === 0x5b || byte === 0x7b;
const isClosing = (byte: number): boolean => byte === 0x5d || byte === 0x7d;

/**
 * Whether arrays and objects of a JSON text (UTF-8) lie deeper in each other than `limit`. JSON.parse takes any depth;
 * JSON.stringify, and whoever walks through such a value by recursion, runs out of stack.
 */
export function isDeeperThan(limit: number, json: Uint8Array): boolean {
  if (opensAtMost(limit, json)) return false;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at]!;
    if (inString) {
      if (byte === backslash) at += 1;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (isOpening(byte)) {
      depth += 1;
      if (depth > limit) return true;
    } else if (isClosing(byte)) depth -= 1;
  }
  return false;
}

/**
 * Whether so few brackets open, also within strings, that no depth beyond the limit is possible. Searching for a byte is
 * native: most texts are let through for a tenth of what looking at each byte costs.
 */
function opensAtMost(limit: number, json: Uint8Array): boolean {
  let left = limit;
  for (const bracket of [0x7b, 0x5b]) {
    for (let at = json.indexOf(bracket); at >= 0; at = json.indexOf(bracket, at + 1)) if (left-- === 0) return false;
  }
  return true;
}
