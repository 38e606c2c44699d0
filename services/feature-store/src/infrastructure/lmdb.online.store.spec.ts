import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import type { OnlineRow } from '../domain/online.row';
import { LmdbOnlineStore } from './lmdb.online.store';

describe('the newest rows of entities', () => {
  let folder: string;
  let store: LmdbOnlineStore;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'online-'));
    store = await LmdbOnlineStore.create(folder);
  });

  afterAll(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });

  let keys = 0;
  const newKey = (): Buffer => {
    const digest = Buffer.alloc(32);
    digest.writeUInt32BE((keys += 1));
    return digest;
  };
  const row = (day: string, addedAt: number, value: OnlineRow['values'][number] = null): OnlineRow => ({
    ...{ version: 1, day, addedAt, values: [value, 'ü', 1.5, true, null] },
  });

  it('are the same in whatever order batches came', async () => {
    const batch = fc.record({ day: fc.constantFrom('2026-01-01', '2026-01-02', '2025-12-31'), addedAt: fc.nat(1e6) });
    const batches = fc.uniqueArray(batch, { minLength: 1, maxLength: 6, selector: ({ addedAt }) => addedAt });
    await fc.assert(
      fc.asyncProperty(batches, async (all) => {
        const key = newKey();
        for (const { day, addedAt } of all) await store.put([{ digest: key, row: row(day, addedAt, addedAt) }]);
        const days = all.map(({ day }) => day).sort();
        const newest = all.filter(({ day }) => day === days.at(-1)).sort((a, b) => a.addedAt - b.addedAt);
        expect(store.get(key)?.values[0]).toBe(newest.at(-1)?.addedAt);
      }),
      { numRuns: 20 },
    );
  });

  it('stay with their schemas and what was taken', async () => {
    const key = newKey();
    const stored = row('2026-01-01', 5, -7);
    await store.put([{ digest: key, row: stored }]);
    await store.setSchema('loans', 1, ['a', 'b']);
    await store.setSchema('loans', 2, ['a']);
    await store.setTaken('loans@1/x', 'sha256:1');
    await store.close();
    store = await LmdbOnlineStore.create(folder);
    expect(store.get(key)).toEqual(stored);
    expect(store.get(newKey())).toBeUndefined();
    expect([...store.schemasOf('loans')]).toEqual([
      [1, ['a', 'b']],
      [2, ['a']],
    ]);
    expect(store.schemasOf('cards').size).toBe(0);
    expect([store.isTaken('loans@1/x', 'sha256:1'), store.isTaken('loans@1/x', 'sha256:2')]).toEqual([true, false]);
  });
});
