import { eventually } from '@perennial/messaging/testing';
import { LeaseStore } from '../lease.store';
import { type Connected, service } from './database.harness';

/** One holder at a time, by the server's clock; its token grows from holder to holder. */
export function leaseContract(connection: Connected): void {
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
  });
}
