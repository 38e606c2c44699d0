import type { LeaseStore } from './lease.store';
import { RenewedLeases } from './renewed.lease';

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
  const lease = await new RenewedLeases(leases, () => owner, { ttlMs, heartbeatMs: ttlMs / 3 }).acquire(name);
  if (!lease) return false;
  try {
    await work(AbortSignal.any([signal, lease.lost]));
    return true;
  } finally {
    // When the database is away the lease expires by itself.
    await lease.release().catch(() => undefined);
  }
}
