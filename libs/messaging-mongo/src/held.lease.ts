import { MessagingError } from '@perennial/messaging';
import type { LeaseStore } from './lease.store';

export interface LeaseTerms {
  name: string;
  /** One worker of one process. */
  owner: string;
  ttlMs: number;
}

/**
 * Does the work while the lease is held, renewing it three times per term; false when another holds it. The work's
 * signal is aborted when the lease is lost, or could not be renewed in time, so that two never work for long.
 */
export async function whileHeld(
  leases: LeaseStore,
  { name, owner, ttlMs }: LeaseTerms,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const lease = await leases.acquire(name, owner, ttlMs);
  if (!lease) return false;
  const lost = new AbortController();
  const lose = () => lost.abort(new MessagingError('LEASE_LOST', `Lease ${name} was lost by ${owner}`));
  let deadline = setTimeout(lose, ttlMs);
  const heartbeat = setInterval(() => {
    leases.renew(lease, ttlMs).then(
      () => {
        clearTimeout(deadline);
        deadline = setTimeout(lose, ttlMs);
      },
      (error: { code?: string }) => error.code === 'LEASE_LOST' && lose(),
    );
  }, ttlMs / 3);
  try {
    await work(AbortSignal.any([signal, lost.signal]));
    return true;
  } finally {
    clearInterval(heartbeat);
    clearTimeout(deadline);
    // When the database is away the lease expires by itself.
    await leases.release(lease).catch(() => undefined);
  }
}
