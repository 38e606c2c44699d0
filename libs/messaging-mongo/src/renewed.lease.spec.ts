import { MessagingError } from '@perennial/messaging';
import type { Lease } from './lease.store';
import { RenewedLeases } from './renewed.lease';

const times = { ttlMs: 9_000, heartbeatMs: 1_000 };

class FakeStore {
  renewals = 0;
  released: Lease[] = [];
  failure: Error | undefined;
  private owner: string | undefined;

  async acquire(name: string, owner: string): Promise<Lease | null> {
    if (this.owner !== undefined) return null;
    this.owner = owner;
    return { name, owner, token: 4, expiresAt: new Date(0) };
  }

  async renew(lease: Lease): Promise<Lease> {
    this.renewals++;
    if (this.failure) throw this.failure;
    return lease;
  }

  async release(lease: Lease): Promise<void> {
    this.released.push(lease);
  }
}

describe('a renewed lease', () => {
  let store: FakeStore;
  let leases: RenewedLeases;
  beforeEach(() => {
    jest.useFakeTimers({ advanceTimers: false });
    store = new FakeStore();
    let owners = 0;
    leases = new RenewedLeases(store, () => `owner-${++owners}`, times);
  });
  afterEach(() => jest.useRealTimers());

  it('excludes a second claim of the same trainer', async () => {
    expect(await leases.acquire('a')).toMatchObject({ owner: 'owner-1', token: 4 });
    expect(await leases.acquire('a')).toBeNull();
  });

  it('is kept as long as it is renewed', async () => {
    const lease = await leases.acquire('a');
    await jest.advanceTimersByTimeAsync(60_500);
    expect(store.renewals).toBe(60);
    expect(lease?.lost.aborted).toBe(false);
    await lease?.release();
    expect(store.released).toMatchObject([{ name: 'a', token: 4 }]);
  });

  it('is lost at the next heartbeat when another holds it', async () => {
    const lease = await leases.acquire('a');
    store.failure = new MessagingError('LEASE_LOST', 'taken');
    await jest.advanceTimersByTimeAsync(1_000);
    expect(lease?.lost.aborted).toBe(true);
    await lease?.release();
  });

  it('outlives a store that is away for less than its time', async () => {
    const lease = await leases.acquire('a');
    store.failure = new MessagingError('DATABASE_UNAVAILABLE', 'away');
    await jest.advanceTimersByTimeAsync(7_500);
    expect(lease?.lost.aborted).toBe(false);
    store.failure = undefined;
    await jest.advanceTimersByTimeAsync(20_000);
    expect(lease?.lost.aborted).toBe(false);
    await lease?.release();
  });

  it('is lost when no renewal succeeds in its time', async () => {
    const lease = await leases.acquire('a');
    store.failure = new MessagingError('DATABASE_UNAVAILABLE', 'away');
    await jest.advanceTimersByTimeAsync(9_000);
    expect(lease?.lost.aborted).toBe(true);
    await lease?.release();
  });

  it('stops renewing once released', async () => {
    const lease = await leases.acquire('a');
    await lease?.release();
    await jest.advanceTimersByTimeAsync(30_000);
    expect(store.renewals).toBe(0);
    expect(lease?.lost.aborted).toBe(false);
  });
});
