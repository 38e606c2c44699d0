import { saveByRevision } from '../revision.save';
import type { Connected } from './database.harness';

/** Of those who read one revision, one saves. */
export function revisionContract(connection: Connected): void {
  describe('save by revision', () => {
    it('lets one of two writers win', async () => {
      const saved = await saveByRevision(connection(), 'state', { _id: 'a', revision: 0, n: 1 });
      expect(saved.revision).toBe(1);
      const save = (n: number) => saveByRevision(connection(), 'state', { ...saved, n });
      const results = await Promise.allSettled([save(2), save(3)]);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      await expect(save(4)).rejects.toMatchObject({ code: 'CONFLICT', retryable: true });
      await expect(saveByRevision(connection(), 'state', { _id: 'a', revision: 0, n: 5 })).rejects.toMatchObject({
        code: 'CONFLICT',
      });
    });
  });
}
