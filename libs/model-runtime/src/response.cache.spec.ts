import fc from 'fast-check';
import type { InputBatch } from './input.batch';
import { chosenRows, rowDigests, throughCache } from './response.cache';

type Cells = { numbers: number[]; strings: string[] };

const cell = fc.constantFrom(0, 1, -1, 0.5, NaN, 1e30);
const text = fc.constantFrom('', 'a', 'b', 'a","b', '["a"]', 'ä', '\ud800');
const rowsOf = (numeric: number, texts: number) =>
  fc.array(
    fc.record({
      numbers: fc.array(cell, { minLength: numeric, maxLength: numeric }),
      strings: fc.array(text, { minLength: texts, maxLength: texts }),
    }),
    { minLength: 1, maxLength: 12 },
  );
const someRows = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 3 }))
  .chain(([n, t]) => rowsOf(n, t));

const batchOf = (rows: readonly Cells[]): InputBatch => ({
  rows: rows.length,
  numbers: Float32Array.from(rows[0]!.numbers.flatMap((_, c) => rows.map(({ numbers }) => numbers[c]!))),
  strings: rows[0]!.strings.flatMap((_, c) => rows.map(({ strings }) => strings[c]!)),
});
const textOf = ({ numbers, strings }: Cells) =>
  JSON.stringify([numbers.map((each) => String(Math.fround(each))), strings]);

describe('the digest of a row', () => {
  it('is the same for equal rows and no others, whatever stands around them', () => {
    fc.assert(
      fc.property(someRows, (rows) => {
        const digests = rowDigests(batchOf(rows));
        rows.forEach((row, r) => {
          expect(rowDigests(batchOf([row]))).toEqual([digests[r]]);
          rows.forEach((other, o) => expect(digests[r] === digests[o]).toBe(textOf(row) === textOf(other)));
        });
      }),
    );
  });
});

describe('rows of a batch', () => {
  it('are those at their places', () => {
    fc.assert(
      fc.property(someRows, fc.array(fc.nat(11), { minLength: 1 }), (rows, drawn) => {
        const places = drawn.map((place) => place % rows.length);
        expect(chosenRows(batchOf(rows), places)).toEqual(batchOf(places.map((place) => rows[place]!)));
      }),
    );
  });
});

describe('answering through the cache', () => {
  it('is answering without it, but computes no row again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rowsOf(2, 2), { minLength: 1, maxLength: 5 }), async (requests) => {
        const cache = new Map<string, number>();
        const answers = new Map<string, number>();
        const answer = (digest: string) => answers.get(digest) ?? answers.set(digest, answers.size / 7).get(digest)!;
        const known = new Set<string>();
        for (const rows of requests) {
          const batch = batchOf(rows);
          const found = rowDigests(batch).map((digest) => known.has(digest));
          let computed = 0;
          let told: readonly number[] = [];
          const { probabilities, use } = await throughCache(
            batch,
            cache,
            async (missing) => {
              computed += missing.rows;
              return Float64Array.from(rowDigests(missing), answer);
            },
            (places) => (told = places),
          );
          expect([...probabilities]).toEqual(rowDigests(batch).map(answer));
          expect(computed).toBe(found.filter((each) => !each).length);
          expect(told).toEqual(found.flatMap((each, row) => (each ? [row] : [])));
          expect(use.hit).toBe(computed === 0);
          rowDigests(batch).forEach((digest) => known.add(digest));
        }
      }),
    );
  });

  it('keeps nothing of a run that failed', async () => {
    const cache = new Map<string, number>();
    const batch = batchOf([{ numbers: [1], strings: ['a'] }]);
    const failed = throughCache(
      batch,
      cache,
      () => Promise.reject(new Error('no')),
      () => undefined,
    );
    await expect(failed).rejects.toThrow('no');
    expect(cache.size).toBe(0);
  });
});
