import { eventually } from '@perennial/messaging/testing';
import { collectionNames } from '../collection.names';
import { LeaseStore } from '../lease.store';
import { RenewedLeases } from '../renewed.lease';
import { type Connected, service } from './database.harness';

/** One holder at a time, by the server's clock; its token grows from holder to holder. */
export function leaseContract(connection: Connected): void {
  const names = collectionNames(service);

  describe('leases', () => {
    const leases = () => new LeaseStore(connection(), service);

    it('has one holder among many who ask at once', async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => leases().acquire('run', `o${n}`, 60_000)));
      expect(answers.filter((lease) => lease !== null)).toHaveLength(1);
    });

    it('keeps the token for its owner and raises it for the next', async () => {
      const first = await leases().acquire('run', 'a', 60_000);
      expect(await leases().acquire('run', 'a', 60_000)).toMatchObject({ token: first?.token });
      expect(await leases().acquire('run', 'b', 60_000)).toBeNull();
      await leases().release(first!);
      expect(await leases().acquire('run', 'b', 60_000)).toMatchObject({ token: (first?.token ?? 0) + 1 });
    });

    it('is taken over after it expired, and the first holder learns it', async () => {
      const first = await leases().acquire('run', 'a', 1);
      await eventually(async () => (await leases().acquire('run', 'b', 60_000)) !== null);
      await expect(leases().renew(first!, 1_000)).rejects.toMatchObject({ code: 'LEASE_LOST' });
      await leases().release(first!);
      expect(await leases().acquire('run', 'c', 1_000)).toBeNull();
    });

    it('are told, as far as somebody holds them now', async () => {
      await leases().acquire('ended', 'a', 1);
      const released = await leases().acquire('released', 'a', 60_000);
      await leases().release(released!);
      await leases().acquire('held', 'a', 60_000);
      await leases().acquire('not asked for', 'a', 60_000);
      const asked = ['held', 'ended', 'released', 'never taken'];
      await eventually(async () => (await leases().held(asked)).size === 1);
      expect(await leases().held(asked)).toEqual(new Set(['held']));
      expect(await leases().held([])).toEqual(new Set());
    });

    describe('that are renewed', () => {
      const held = (renew?: () => void) => {
        const store = leases();
        const counted = {
          acquire: store.acquire.bind(store),
          release: store.release.bind(store),
          renew: (...values: Parameters<LeaseStore['renew']>) => {
            renew?.();
            return store.renew(...values);
          },
        };
        return new RenewedLeases(counted, () => 'a', { ttlMs: 30_000, heartbeatMs: 50 }).acquire('run');
      };
      const stored = () => connection().collection<{ _id: string; expiresAt: Date }>(names.leases).findOne({});

      it('end later with each renewal, and are free when they are released', async () => {
        let renewals = 0;
        const lease = await held(() => renewals++);
        const before = await stored();
        await eventually(() => renewals >= 3);
        expect((await stored())?.expiresAt.getTime()).toBeGreaterThan(before?.expiresAt.getTime() ?? Infinity);
        expect(await leases().acquire('run', 'b', 60_000)).toBeNull();
        await lease?.release();
        expect(await leases().acquire('run', 'b', 60_000)).toMatchObject({ token: (lease?.token ?? 0) + 1 });
      });

      it('are lost to their holder when another has them, and its release changes nothing', async () => {
        const lease = await held();
        await connection()
          .collection(names.leases)
          .updateOne({}, { $set: { owner: 'b' }, $inc: { token: 1 } });
        await eventually(() => lease?.lost.aborted === true);
        await lease?.release();
        expect(await leases().acquire('run', 'c', 1_000)).toBeNull();
      });
    });
  });
}
