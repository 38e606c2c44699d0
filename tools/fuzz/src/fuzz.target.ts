/** A decoder under test. */
export interface FuzzTarget {
  readonly name: string;
  /** Inputs that are accepted. */
  seeds(): Promise<readonly Uint8Array[]>;
  readonly tokens: readonly string[];
  /** Mends checksums, so that mutated inputs come past them. */
  repair?(input: Uint8Array): Uint8Array;
  /**
   * Decodes. What is accepted is encoded and decoded again, and must be equal. `refused`: a typed error.
   * @throws Violation, or any other error, which is a violation too
   */
  check(input: Uint8Array): Promise<'accepted' | 'refused'>;
}

export class Violation extends Error {
  override readonly name = 'Violation';
}

/** Errors that the platform raises on purpose: a code, and whether it may be retried. */
const isTyped = (error: unknown): boolean =>
  error instanceof Error &&
  typeof (error as { code?: unknown }).code === 'string' &&
  typeof (error as { retryable?: unknown }).retryable === 'boolean';

/** What `decode` gives, or undefined where it refuses. Untyped errors pass. */
export async function decodedBy<T>(decode: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await decode();
  } catch (error) {
    if (isTyped(error)) return undefined;
    throw error;
  }
}

const sorted = (value: object): object =>
  Object.fromEntries(Object.entries(value).sort(([first], [second]) => (first < second ? -1 : 1)));

/** Text that is the same for values that are: the order of keys says nothing, and NaN is itself. */
const comparable = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => {
    if (typeof each === 'number' && !Number.isFinite(each)) return String(each);
    if (ArrayBuffer.isView(each))
      return Array.from(each as Float64Array, (cell) => (Number.isNaN(cell) ? 'NaN' : cell));
    return typeof each === 'object' && each !== null && !Array.isArray(each) ? sorted(each) : each;
  });

/** @throws Violation where a second decoding gives something else */
export function requireEqual(first: unknown, second: unknown): void {
  const [before, after] = [comparable(first), comparable(second)];
  if (before === after) return;
  let at = 0;
  while (before[at] === after[at]) at++;
  const around = (text: string) => text.slice(Math.max(0, at - 40), at + 60);
  throw new Violation(`encoded and decoded again it differs: …${around(before)}… became …${around(after)}…`);
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
