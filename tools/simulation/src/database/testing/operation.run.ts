import type { ClientSession, Connection, mongo } from 'mongoose';
import type { Operation } from './operation.sequence';

type Documents = mongo.Collection<{ _id: string }>;

const transaction = {
  readConcern: { level: 'snapshot' as const },
  writeConcern: { w: 'majority' as const, j: true },
};

/**
 * What a database answers to a sequence of operations, one at a time, and what it holds in the end. Ids that it makes
 * itself, texts of messages and the order of what is not sorted are left out. Within a transaction commands are
 * ordered, as the first refusal ends it. A write outside a transaction would wait
 * for the locks of an open one, so it is passed over while there may be any.
 */
export async function answersTo(connection: Connection, operations: readonly Operation[]): Promise<unknown[]> {
  const documents = connection.collection('x') as unknown as Documents;
  await documents.deleteMany({});
  await documents.createIndex({ u: 1 }, { unique: true });
  const run = new SequenceRun(connection, documents);
  const answers: unknown[] = [];
  for (const operation of operations) answers.push(await run.answer(operation));
  await run.end();
  answers.push(normalised(await documents.find().sort({ _id: 1 }).toArray()));
  return answers;
}

class SequenceRun {
  private readonly sessions = new Map<number, ClientSession>();
  /** Sessions whose open transaction has tried to write. */
  private readonly writers = new Set<number>();

  constructor(
    private readonly connection: Connection,
    private readonly documents: Documents,
  ) {}

  async answer(operation: Operation): Promise<unknown> {
    const { session: number, does } = operation;
    const reads = does === 'find' || does === 'count';
    const transacts = does === 'start' || does === 'commit' || does === 'abort';
    const current = this.sessions.get(number);
    const open = current?.inTransaction() ?? false;
    if (!transacts && !reads) {
      if (open) this.writers.add(number);
      else if (this.writers.size > 0) return 'passed over';
    }
    if (does === 'start' ? open : transacts && !open) return 'passed over';
    if (does === 'commit' || does === 'abort') this.writers.delete(number);
    try {
      const unsorted = does === 'find' && !('sort' in operation.options);
      return normalised(await this.perform(operation, open ? current : undefined), unsorted);
    } catch (error) {
      return failure(error);
    }
  }

  async end(): Promise<void> {
    for (const session of this.sessions.values()) await session.endSession();
  }

  private async perform(operation: Operation, session: ClientSession | undefined): Promise<unknown> {
    const { documents } = this;
    switch (operation.does) {
      case 'start':
        return this.start(operation.session);
      case 'commit':
        return session?.commitTransaction();
      case 'abort':
        return session?.abortTransaction();
      case 'find':
        return documents.find(operation.filter, { ...operation.options, session }).toArray();
      case 'count':
        return documents.countDocuments(operation.filter, { session });
      case 'insert':
        return documents.insertMany(operation.documents, {
          ordered: operation.ordered || session !== undefined,
          session,
        });
      case 'update': {
        const { filter, update, upsert, many } = operation;
        return many
          ? documents.updateMany(filter, update, { session })
          : documents.updateOne(filter, update, { upsert, session });
      }
      case 'replace':
        return documents.replaceOne(operation.filter, operation.document, { upsert: operation.upsert, session });
      case 'findAndUpdate':
        return documents.findOneAndUpdate(operation.filter, operation.update, { ...operation.options, session });
      case 'findAndDelete':
        return documents.findOneAndDelete(operation.filter, { session });
      case 'delete':
        return operation.many
          ? documents.deleteMany(operation.filter, { session })
          : documents.deleteOne(operation.filter, { session });
      case 'bulk': {
        const writes = operation.updates.map(({ filter, update }) => ({ updateOne: { filter, update, upsert: true } }));
        return documents.bulkWrite(writes, { ordered: operation.ordered || session !== undefined, session });
      }
    }
  }

  private async start(number: number): Promise<void> {
    const session = this.sessions.get(number) ?? (await this.connection.startSession());
    this.sessions.set(number, session);
    session.startTransaction(transaction);
    // The snapshot begins with the first operation.
    await this.documents.findOne({ _id: 'a' }, { session });
  }
}

function failure(error: unknown): object {
  const {
    code,
    errorLabels = [],
    writeErrors = [],
  } = error as {
    code?: number;
    errorLabels?: Iterable<string>;
    writeErrors?: { code: number; index: number }[];
  };
  if (code === undefined) throw error;
  const refused = [writeErrors].flat().map((each) => ({ code: each.code, index: each.index }));
  return { code, labels: [...errorLabels].sort(), refused };
}

/** As JSON values, ids of the database's making replaced. */
function normalised(value: unknown, unsorted = false): unknown {
  if (value === undefined) return null;
  const json = JSON.parse(
    JSON.stringify(value, (_name, each: unknown) => each),
    (_name, each: unknown) => (typeof each === 'string' && /^[0-9a-f]{24}$/.test(each) ? '(made)' : each),
  ) as unknown;
  if (!unsorted || !Array.isArray(json)) return json;
  return json.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
