import { codeOf, MessagingError } from '@perennial/messaging';
import type { Lease, LeaseStore } from './lease.store';

type Leases = Pick<LeaseStore, 'acquire' | 'renew' | 'release'>;

export interface LeaseTimes {
  /** Without a renewal for so long, the lease is lost. */
  ttlMs: number;
  heartbeatMs: number;
}

/** Monotonic milliseconds. */
const now = (): number => performance.now();

/** Renews a lease until it is released. Lost when the store says so, or when no renewal has succeeded in time. */
export class RenewedLease {
  readonly token: number;
  private readonly loss = new AbortController();
  private readonly heartbeat: NodeJS.Timeout;
  private expiry: NodeJS.Timeout;
  private renewal: Promise<void> | undefined;

  constructor(
    private readonly store: Leases,
    private lease: Lease,
    private readonly times: LeaseTimes,
    askedAt: number,
  ) {
    this.token = lease.token;
    this.expiry = this.expireAt(askedAt + times.ttlMs);
    this.heartbeat = setInterval(() => {
      this.renewal ??= this.renew().finally(() => (this.renewal = undefined));
    }, times.heartbeatMs);
  }

  get owner(): string {
    return this.lease.owner;
  }

  get lost(): AbortSignal {
    return this.loss.signal;
  }

  async release(): Promise<void> {
    clearInterval(this.heartbeat);
    await this.renewal;
    clearTimeout(this.expiry);
    await this.store.release(this.lease);
  }

  /** A store that cannot be reached is asked again at the next beat, until the lease ends. */
  private async renew(): Promise<void> {
    const askedAt = now();
    try {
      this.lease = await this.store.renew(this.lease, this.times.ttlMs);
      clearTimeout(this.expiry);
      if (!this.lost.aborted) this.expiry = this.expireAt(askedAt + this.times.ttlMs);
    } catch (error) {
      if (codeOf(error) === 'LEASE_LOST') this.lose(error);
    }
  }

  /** Counted from before the request: the store's lease ends later than this one, never earlier. */
  private expireAt(deadline: number): NodeJS.Timeout {
    const expired = () =>
      this.lose(new MessagingError('LEASE_LOST', `Lease ${this.lease.name} was not renewed in time`));
    return setTimeout(expired, Math.max(0, deadline - now()));
  }

  private lose(reason: unknown): void {
    clearInterval(this.heartbeat);
    clearTimeout(this.expiry);
    this.loss.abort(reason);
  }
}

/** A new owner for each lease: two claims within one process exclude each other like those of two processes. */
export class RenewedLeases {
  constructor(
    private readonly store: Leases,
    private readonly newOwner: () => string,
    private readonly times: LeaseTimes,
  ) {}

  /** Null while another holds it. */
  async acquire(name: string): Promise<RenewedLease | null> {
    const askedAt = now();
    const lease = await this.store.acquire(name, this.newOwner(), this.times.ttlMs);
    return lease && new RenewedLease(this.store, lease, this.times, askedAt);
  }
}
