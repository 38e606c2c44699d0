import { hash } from 'node:crypto';
import type { InputBatch } from './input.batch';

/** Probabilities that one version has answered, by the digest of the row. */
export interface ResponseCache {
  get(digest: string): number | undefined;
  set(digest: string, probability: number): void;
}

/** Of one request. */
export interface CacheUse {
  /** Whether the model had nothing to compute for it. */
  readonly hit: boolean;
  /** Looking rows up, and keeping what was computed. */
  readonly milliseconds: number;
}

/** SHA-256 of each row as the model takes it: rows that are equal to it have the same, however they were written. */
export function rowDigests({ rows, numbers, strings }: InputBatch): string[] {
  const cells = new Float32Array(rows === 0 ? 0 : numbers.length / rows);
  const bytes = Buffer.from(cells.buffer);
  return Array.from({ length: rows }, (_, row) => {
    for (let c = 0; c < cells.length; c += 1) cells[c] = numbers[c * rows + row] as number;
    const texts: string[] = [];
    for (let at = row; at < strings.length; at += rows) texts.push(strings[at] as string);
    return hash('sha256', bytes.toString('latin1') + JSON.stringify(texts), 'base64');
  });
}

/** Answers from the cache the rows that it has, and computes the others together; `onCached` is told which were there. */
export async function throughCache(
  batch: InputBatch,
  cache: ResponseCache,
  compute: (missing: InputBatch) => Promise<Float64Array>,
  onCached: (places: readonly number[]) => void,
): Promise<{ probabilities: Float64Array; use: CacheUse }> {
  let since = performance.now();
  const digests = rowDigests(batch);
  const known = digests.map((digest) => cache.get(digest));
  const missing = known.flatMap((probability, row) => (probability === undefined ? [row] : []));
  const probabilities = Float64Array.from(known, (probability) => probability ?? NaN);
  let milliseconds = performance.now() - since;
  if (missing.length > 0) {
    const computed = await compute(missing.length === batch.rows ? batch : chosenRows(batch, missing));
    since = performance.now();
    missing.forEach((row, index) => {
      const probability = computed[index] as number;
      probabilities[row] = probability;
      cache.set(digests[row] as string, probability);
    });
    milliseconds += performance.now() - since;
  }
  if (missing.length < batch.rows) {
    onCached(known.flatMap((probability, row) => (probability === undefined ? [] : [row])));
  }
  return { probabilities, use: { hit: missing.length === 0, milliseconds } };
}

/** Rows of a batch, in the order of their places. */
export function chosenRows({ rows, numbers, strings }: InputBatch, places: readonly number[]): InputBatch {
  const chosen = new Float32Array((numbers.length / rows) * places.length);
  for (let start = 0, n = 0; start < numbers.length; start += rows) {
    for (const place of places) chosen[n++] = numbers[start + place] as number;
  }
  const texts: string[] = [];
  for (let start = 0; start < strings.length; start += rows) {
    for (const place of places) texts.push(strings[start + place] as string);
  }
  return { rows: places.length, numbers: chosen, strings: texts };
}
