import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { objectStoreConfig, objectStoreFromConfig } from '@perennial/object-store';
import { QuotaStore } from './disk-full.quota';

describe('a store that runs full', () => {
  const home = mkdtempSync(join(tmpdir(), 'quota-'));
  let quota: QuotaStore;
  const store = () => objectStoreFromConfig(objectStoreConfig.parse(quota.environment), { db: undefined });
  const put = (text: string) => store().put('raw_data', Buffer.from(text), { mediaType: 'text/plain' });
  beforeAll(async () => void (quota = await QuotaStore.start(home)));
  afterAll(async () => {
    await quota.stop();
    rmSync(home, { recursive: true, force: true });
  });

  afterEach(() => quota.makeRoom());

  it.each(['says-so', 'breaks-off'] as const)(
    'refuses files, keeps none of them by halves, and takes them later: %s',
    async (how) => {
      const early = await put(`before it ${how}`);
      quota.fill(how);
      const text = how.repeat(10_000);
      await expect(put(text)).rejects.toMatchObject({ code: 'OBJECT_STORE_UNAVAILABLE', unbounded: true });
      expect(quota.refused).toBeGreaterThan(0);
      expect(Buffer.from(await store().get(early)).toString()).toBe(`before it ${how}`);
      quota.makeRoom();
      const late = await put(text);
      expect(Buffer.from(await store().get(late)).toString()).toBe(text);
    },
    60_000,
  );
});
