import { MessagingError } from '@perennial/messaging';
import type { Connection } from 'mongoose';
import { collectionNames } from './collection.names';
import { isDuplicateKey, toDatabaseError } from './database.errors';

/** Proof of holding a lease. `token` grows with every new holder: writes that carry it can be fenced. */
export interface Lease {
  name: string;
  owner: string;
  token: number;
  expiresAt: Date;
}

interface LeaseDocument extends Omit<Lease, 'name'> {
  _id: string;
  /** When it was taken or renewed last; a lease that nobody has touched for 30 days is forgotten, its token too. */
  touchedAt: Date;
}

/**
 * Named leases. Times are the database server's, so the clocks of the holders need not agree. The server's time is
 * read first and compared in a plain filter: SecantusDB does not evaluate $$NOW in comparisons, and a time read
 * slightly early only makes a lease look longer held and end sooner.
 */
export class LeaseStore {
  private readonly collectionName: string;

  constructor(
    private readonly connection: Connection,
    service: string,
  ) {
    this.collectionName = collectionNames(service).leases;
  }

  /** The lease when it is free, expired, or already the owner's (then the token stays); null while another holds it. */
  async acquire(name: string, owner: string, ttlMs: number): Promise<Lease | null> {
    return this.guarded(async () => {
      const now = await this.serverTime();
      const expiresAt = new Date(now.getTime() + ttlMs);
      const held = await this.update(
        { _id: name, owner, expiresAt: { $gt: now } },
        { $set: { expiresAt, touchedAt: now } },
      );
      if (held) return toLease(held);
      const change = { $set: { owner, expiresAt, touchedAt: now }, $inc: { token: 1 } };
      try {
        const taken = await this.update({ _id: name, expiresAt: { $lte: now } }, change, true);
        return taken && toLease(taken);
      } catch (error) {
        // The upsert found the name held: the filter did not match, and the id exists.
        if (isDuplicateKey(error)) return null;
        throw error;
      }
    });
  }

  /** Of these names, those whose lease somebody holds: one look where many would be asked for in vain. */
  async held(names: readonly string[]): Promise<ReadonlySet<string>> {
    if (names.length === 0) return new Set();
    return this.guarded(async () => {
      const expiresAt = { $gt: await this.serverTime() };
      const leases = this.connection.collection<LeaseDocument>(this.collectionName);
      const found = await leases.find({ _id: { $in: [...names] }, expiresAt }, { projection: { _id: 1 } }).toArray();
      return new Set(found.map(({ _id }) => _id));
    });
  }

  /** Throws LEASE_LOST when another owner took it or it expired: the work must stop. */
  async renew(lease: Lease, ttlMs: number): Promise<Lease> {
    const { name, owner, token } = lease;
    const renewed = await this.guarded(async () => {
      const now = await this.serverTime();
      const expiresAt = new Date(now.getTime() + ttlMs);
      const change = { $set: { expiresAt, touchedAt: now } };
      return this.update({ _id: name, owner, token, expiresAt: { $gt: now } }, change);
    });
    if (renewed) return toLease(renewed);
    throw new MessagingError('LEASE_LOST', `Lease ${name} was lost by ${owner}`, { details: { ...lease } });
  }

  /** Lets others take it at once. Releasing a lost lease does nothing. */
  async release({ name, owner, token }: Lease): Promise<void> {
    await this.guarded(() => this.update({ _id: name, owner, token }, { $set: { expiresAt: new Date(0), owner: '' } }));
  }

  private async serverTime(): Promise<Date> {
    const answer = await this.connection.db?.admin().command({ hello: 1 });
    return answer?.localTime as Date;
  }

  private update(filter: object, update: object, upsert = false): Promise<LeaseDocument | null> {
    const leases = this.connection.collection<LeaseDocument>(this.collectionName);
    const writeConcern = { w: 'majority' as const, j: true };
    return leases.findOneAndUpdate(filter, update, { upsert, returnDocument: 'after', writeConcern });
  }

  private async guarded<T>(operation: () => Promise<T>): Promise<T> {
    try {
      return await operation();
    } catch (error) {
      throw toDatabaseError(error);
    }
  }
}

const toLease = ({ _id, owner, token, expiresAt }: LeaseDocument): Lease => ({ name: _id, owner, token, expiresAt });
