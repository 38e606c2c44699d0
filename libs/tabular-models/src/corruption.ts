import { fraction, type RandomStream } from './random.stream';

/** Where corrupted values come from. */
export interface Marginals<T> {
  /** Row after row; each column is the empirical distribution of its feature. */
  readonly values: T;
  readonly rows: number;
  /** Of each value to be replaced, one by one. */
  readonly corruption: number;
  readonly random: RandomStream;
}

/**
 * Writes rows `order` of `from` to the beginning of `to`, each value replaced with probability `corruption` by that of
 * the same feature in a row drawn anew (Bahri et al., arXiv 2106.15147, who replace a fixed number of features instead).
 */
export function writeCorrupted<T extends Int32Array | Float32Array>(
  from: T,
  to: T,
  width: number,
  order: Uint32Array,
  { values, rows, corruption, random }: Marginals<T>,
): void {
  for (const [index, row] of order.entries()) {
    for (let feature = 0; feature < width; feature++) {
      const replaced = fraction(random) < corruption;
      const value = replaced
        ? values[Math.floor(fraction(random) * rows) * width + feature]
        : from[row * width + feature];
      to[index * width + feature] = value as number;
    }
  }
}
