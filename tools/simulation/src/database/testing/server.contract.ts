import type { ClientSession, Connection } from 'mongoose';

interface Counter {
  _id: string;
  n: number;
}

const options = { readConcern: { level: 'snapshot' as const }, writeConcern: { w: 'majority' as const, j: true } };

/** What several clients at once get from the server that our adapters rely on. */
export function describeServerContract(
  name: string,
  open: () => Promise<{ connection: Connection; close(): Promise<void> }>,
): void {
  describe(`server contract: ${name}`, () => {
    let database: Awaited<ReturnType<typeof open>>;
    const counters = () => database.connection.collection<Counter>('counters');
    const places = () => database.connection.collection<{ _id: string; u: number }>('places');
    const value = async (id: string, session?: ClientSession) =>
      (await counters().findOne({ _id: id }, { session }))?.n;
    const increment = (session?: ClientSession, n = 1) =>
      counters().updateOne({ _id: 'a' }, { $inc: { n } }, { session });
    const sessions: ClientSession[] = [];
    const begin = async () => {
      const session = await database.connection.startSession();
      sessions.push(session);
      session.startTransaction(options);
      return session;
    };
    beforeAll(async () => {
      database = await open();
      await places().createIndex({ u: 1 }, { unique: true });
    }, 30_000);
    afterAll(() => database.close(), 30_000);
    beforeEach(async () => {
      await counters().deleteMany({});
      await places().deleteMany({});
      await counters().insertOne({ _id: 'a', n: 0 });
    });
    afterEach(async () => {
      for (const session of sessions.splice(0)) await session.endSession();
    });
    const conflict = { code: 112, codeName: 'WriteConflict' };

    it('shows a transaction one snapshot and its own writes, and others nothing before its commit', async () => {
      const session = await begin();
      expect(await value('a', session)).toBe(0);
      await counters().insertOne({ _id: 'b', n: 5 });
      await increment(session, 10);
      expect([await value('b', session), await value('a', session), await value('a')]).toEqual([undefined, 10, 0]);
      await session.commitTransaction();
      expect(await value('a')).toBe(10);
    });

    it('lets the first of two transactions write and fails the second, which may be tried again', async () => {
      const [one, two] = [await begin(), await begin()];
      await value('a', two);
      await increment(one);
      const lost: unknown = await increment(two).catch((error: unknown) => error);
      expect(lost).toMatchObject(conflict);
      expect((lost as { errorLabels: string[] }).errorLabels).toContain('TransientTransactionError');
      await one.commitTransaction();
      expect(await value('a')).toBe(1);
    });

    it('fails a transaction on what was committed after its snapshot', async () => {
      const session = await begin();
      await value('a', session);
      await increment();
      await expect(increment(session)).rejects.toMatchObject(conflict);
      await expect(value('a', session)).rejects.toMatchObject({ code: 251 });
    });

    it('takes a commit twice as one', async () => {
      const session = await begin();
      await increment(session);
      await session.commitTransaction();
      await session.commitTransaction();
      expect(await value('a')).toBe(1);
    });

    it('lets a write outside a transaction wait for one that holds the document', async () => {
      const session = await begin();
      await increment(session);
      let ended = false;
      const waiting = increment(undefined, 10).then(() => (ended = true));
      for (let n = 0; n < 20; n++) await value('a');
      expect(ended).toBe(false);
      await session.commitTransaction();
      await waiting;
      expect(await value('a')).toBe(11);
    });

    it('inserts one document by many upserts of one id at once', async () => {
      const upsert = () => counters().updateOne({ _id: 'z' }, { $inc: { n: 1 } }, { upsert: true });
      await Promise.all(Array.from({ length: 8 }, upsert));
      expect(await value('z')).toBe(8);
    });

    it('keeps a unique index among transactions at once', async () => {
      const [one, two] = [await begin(), await begin()];
      await places().insertOne({ _id: 'x', u: 7 }, { session: one });
      await expect(places().insertOne({ _id: 'y', u: 7 }, { session: two })).rejects.toMatchObject(conflict);
      await one.commitTransaction();
      await expect(places().insertOne({ _id: 'y', u: 7 })).rejects.toMatchObject({ code: 11000 });
    });

    it('repeats withTransaction on a conflict until it commits', async () => {
      const add = async () => {
        const session = await database.connection.startSession();
        await session.withTransaction(async () => {
          const n = await value('a', session);
          await counters().updateOne({ _id: 'a' }, { $set: { n: (n ?? 0) + 1 } }, { session });
        }, options);
        await session.endSession();
      };
      await Promise.all(Array.from({ length: 6 }, add));
      expect(await value('a')).toBe(6);
    }, 30_000);

    it('inserts what it can of an unordered batch and names the rest', async () => {
      const documents = ['a', 'b', 'a', 'c'].map((_id) => ({ _id, n: 1 }));
      const error: unknown = await counters()
        .insertMany(documents, { ordered: false })
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: 'MongoBulkWriteError' });
      const { writeErrors } = error as { writeErrors: { code: number; index: number }[] };
      expect(writeErrors.map(({ code, index }) => [code, index])).toEqual([
        [11000, 0],
        [11000, 2],
      ]);
      expect(await counters().countDocuments({})).toBe(3);
    });

    it('reads a long result in batches', async () => {
      const documents = Array.from({ length: 250 }, (_, n) => ({ _id: String(n).padStart(4, '0'), n }));
      await counters().insertMany(documents);
      const found: number[] = [];
      const cursor = counters()
        .find({ _id: { $ne: 'a' } })
        .sort({ _id: 1 })
        .batchSize(60);
      for await (const { n } of cursor) found.push(n);
      expect(found).toEqual(documents.map(({ n }) => n));
    });

    it('tells its time', async () => {
      const answer = await database.connection.db?.admin().command({ hello: 1 });
      expect(answer?.['localTime']).toBeInstanceOf(Date);
      expect(answer?.['setName']).toEqual(expect.any(String));
    });
  });
}
