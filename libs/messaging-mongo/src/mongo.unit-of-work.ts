import type { Clock, InboxMark, OutboxEntry, Transaction, UnitOfWork } from '@perennial/messaging';
import type { ClientSession, Connection, mongo } from 'mongoose';
import { collectionNames } from './collection.names';
import { isDuplicateKey, toDatabaseError } from './database.errors';
import { laneOf, type OutboxDocument, type SequenceDocument } from './outbox.document';

interface MongoTransaction extends Transaction {
  kind: 'mongo';
  session: ClientSession;
}

interface MarkDocument {
  _id: string;
  handledAt: Date;
}

/** What stores pass to the driver or to mongoose so that their writes join the unit of work. */
export function sessionOf(transaction: Transaction): ClientSession {
  if (transaction.kind !== 'mongo') throw new TypeError(`not a MongoDB transaction: ${transaction.kind}`);
  return (transaction as MongoTransaction).session;
}

const transactionOptions: mongo.TransactionOptions = {
  readConcern: { level: 'snapshot' },
  writeConcern: { w: 'majority', j: true },
  readPreference: 'primary',
};

class AlreadyHandled extends Error {}

export class MongoUnitOfWork implements UnitOfWork {
  private readonly names: ReturnType<typeof collectionNames>;

  /** `onCommitted` is called after a commit that left entries in the outbox: the relay's nudge. */
  constructor(
    private readonly connection: Connection,
    service: string,
    private readonly clock: Clock,
    private readonly onCommitted: () => void = () => {},
  ) {
    this.names = collectionNames(service);
  }

  async execute(
    mark: InboxMark | null,
    work: (transaction: Transaction) => Promise<readonly OutboxEntry[]>,
  ): Promise<'committed' | 'duplicate'> {
    const session = await this.connection.startSession();
    let emitted = 0;
    let effects: (() => void)[] = [];
    try {
      // The driver repeats the callback on TransientTransactionError and the commit when its outcome is unknown.
      await session.withTransaction(async () => {
        if (mark) await this.requireUnhandled(mark, session);
        effects = [];
        const afterCommit = (effect: () => void) => void effects.push(effect);
        const entries = await work({ kind: 'mongo', session, afterCommit } as MongoTransaction);
        if (mark) await this.mark(mark, session);
        await this.append(entries, session);
        emitted = entries.length;
      }, transactionOptions);
    } catch (error) {
      if (error instanceof AlreadyHandled) return 'duplicate';
      throw toDatabaseError(error);
    } finally {
      await session.endSession();
    }
    if (emitted > 0) this.onCommitted();
    effects.forEach((effect) => effect());
    return 'committed';
  }

  private async requireUnhandled(mark: InboxMark, session: ClientSession): Promise<void> {
    const inbox = this.connection.collection<MarkDocument>(this.names.inbox);
    if (await inbox.findOne({ _id: markId(mark) }, { session })) throw new AlreadyHandled();
  }

  private async mark(mark: InboxMark, session: ClientSession): Promise<void> {
    const inbox = this.connection.collection<MarkDocument>(this.names.inbox);
    try {
      await inbox.insertOne({ _id: markId(mark), handledAt: this.clock.now() }, { session });
    } catch (error) {
      // Another delivery committed after this transaction's snapshot was taken.
      if (isDuplicateKey(error)) throw new AlreadyHandled();
      throw error;
    }
  }

  private async append(entries: readonly OutboxEntry[], session: ClientSession): Promise<void> {
    const outbox = this.connection.collection<OutboxDocument>(this.names.outbox);
    const sequences = this.connection.collection<SequenceDocument>(this.names.sequences);
    const documents: OutboxDocument[] = [];
    for (const entry of entries) {
      const lane = laneOf(entry);
      // A concurrent transaction on the same lane conflicts here, so sequence order is commit order.
      const counter = await sequences.findOneAndUpdate(
        { _id: lane },
        { $inc: { last: 1 }, $set: { usedAt: this.clock.now() } },
        { session, upsert: true, returnDocument: 'after' },
      );
      documents.push({ ...entry, lane, sequence: counter?.last ?? 1, createdAt: this.clock.now() });
    }
    if (documents.length > 0) await outbox.insertMany(documents, { session });
  }
}

const markId = ({ group, source, id }: InboxMark): string => JSON.stringify([group, source, id]);
