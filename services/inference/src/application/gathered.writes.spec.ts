import fc from 'fast-check';
import { GatheredWrites } from './gathered.writes';

/** Writes that end one by one, when told. */
class Store {
  readonly written: number[][] = [];
  private readonly ends: ((error?: Error) => void)[] = [];

  readonly write = (items: readonly number[]): Promise<void> => {
    this.written.push([...items]);
    return new Promise((resolve, reject) => this.ends.push((error) => (error ? reject(error) : resolve())));
  };

  async end(error?: Error): Promise<void> {
    this.ends.shift()?.(error);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const count = (items: readonly unknown[]): number => items.length;

describe('gathered writes', () => {
  it('writes at once what comes alone, and together what comes meanwhile', async () => {
    const store = new Store();
    const writes = new GatheredWrites(store.write, 5_000, count);
    const all = [[1], [2, 3], [4]].map((items) => writes.add(items));
    expect(store.written).toEqual([[1]]);
    await store.end();
    expect(store.written).toEqual([[1], [2, 3, 4]]);
    await store.end();
    await Promise.all(all);
  });

  it('tells those and only those whose write failed', async () => {
    const store = new Store();
    const writes = new GatheredWrites(store.write, 5_000, count);
    const outcomes: string[] = [];
    const add = (item: number) =>
      writes.add([item]).then(
        () => outcomes.push(`${item} written`),
        () => outcomes.push(`${item} failed`),
      );
    const all = [1, 2, 3].map(add);
    await store.end();
    all.push(add(4));
    await store.end(new Error('away'));
    await store.end();
    await Promise.all(all);
    expect(outcomes).toEqual(['1 written', '2 failed', '3 failed', '4 written']);
  });

  it('writes everything once, in order, and no more than 5,000 at once unless they came together', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(7_000), { minLength: 1, maxLength: 8 }), async (sizes) => {
        const written: number[][] = [];
        const writes = new GatheredWrites<number>(async (items) => void written.push([...items]), 5_000, count);
        let next = 0;
        const parts = sizes.map((size) => Array.from({ length: size }, () => next++));
        await Promise.all(parts.map((items) => writes.add(items)));
        expect(written.flat().join()).toBe(parts.flat().join());
        for (const items of written) {
          if (items.length > 5_000) expect(sizes).toContain(items.length);
        }
      }),
      { numRuns: 30 },
    );
  });
});
