import { type OutboxEntry, type OutgoingRecord, silentLogger, sleep } from '@perennial/messaging';
import { eventually } from '@perennial/messaging/testing';
import mongoose, { type Connection } from 'mongoose';
import { collectionNames, ensureMessagingIndexes } from './collection.names';
import { connectDatabase } from './database.connection';
import { LeaseStore } from './lease.store';
import { MongoUnitOfWork, sessionOf } from './mongo.unit-of-work';
import { OutboxRelay } from './outbox.relay';
import { saveByRevision } from './revision.save';
import { openTestDatabase } from './testing/test.database';

const clock = { now: () => new Date() };
const mark = (id: string, group = 'g') => ({ group, source: '/s', id });
const entry = (key: string, id: string): OutboxEntry => ({ id, topic: 't', key, value: id, headers: { ce_id: id } });

describe('messaging on the database', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let connection: Connection;
  let unitOfWork: MongoUnitOfWork;
  const names = collectionNames('svc');

  beforeAll(async () => {
    database = await openTestDatabase();
    connection = database.connection;
    await ensureMessagingIndexes(connection, 'svc');
  }, 30_000);
  afterAll(() => database.close(), 30_000);
  beforeEach(async () => {
    for (const name of [...Object.values(names), 'state']) await connection.collection(name).deleteMany({});
    unitOfWork = new MongoUnitOfWork(connection, 'svc', clock);
  });

  const state = () => connection.collection<{ _id: string; n: number }>('state');
  const count = (name: string) => connection.collection(name).countDocuments({});

  describe('unit of work', () => {
    it('commits state, mark and outbox together', async () => {
      const outcome = await unitOfWork.execute(mark('1'), async (transaction) => {
        await state().insertOne({ _id: 'a', n: 1 }, { session: sessionOf(transaction) });
        return [entry('k', 'e1')];
      });
      expect(outcome).toBe('committed');
      expect([await count('state'), await count(names.inbox), await count(names.outbox)]).toEqual([1, 1, 1]);
    });

    it('leaves nothing when the work fails, and lets it be tried again', async () => {
      const work = (fail: boolean) =>
        unitOfWork.execute(mark('1'), async (transaction) => {
          await state().insertOne({ _id: 'a', n: 1 }, { session: sessionOf(transaction) });
          if (fail) throw new Error('handler failed');
          return [entry('k', 'e1')];
        });
      await expect(work(true)).rejects.toThrow('handler failed');
      expect([await count('state'), await count(names.inbox), await count(names.outbox)]).toEqual([0, 0, 0]);
      expect(await work(false)).toBe('committed');
    });

    it('has one effect for one event, delivered five times at once and once more', async () => {
      const deliver = () =>
        unitOfWork.execute(mark('1'), async (transaction) => {
          const session = sessionOf(transaction);
          await state().updateOne({ _id: 'a' }, { $inc: { n: 1 } }, { upsert: true, session });
          return [entry('k', 'e')];
        });
      const outcomes = [...(await Promise.all(Array.from({ length: 5 }, deliver))), await deliver()];
      expect(outcomes.filter((outcome) => outcome === 'committed')).toHaveLength(1);
      expect(await state().findOne({ _id: 'a' })).toMatchObject({ n: 1 });
      expect(await count(names.outbox)).toBe(1);
    });

    it('lets another group take the same event', async () => {
      const work = async () => [];
      expect(await unitOfWork.execute(mark('1', 'one'), work)).toBe('committed');
      expect(await unitOfWork.execute(mark('1', 'two'), work)).toBe('committed');
      expect(await unitOfWork.execute(mark('1', 'two'), work)).toBe('duplicate');
    });

    it('repeats the work after a write conflict', async () => {
      await state().insertOne({ _id: 'a', n: 0 });
      const add = (id: number) =>
        unitOfWork.execute(mark(String(id)), async (transaction) => {
          const session = sessionOf(transaction);
          const found = await state().findOne({ _id: 'a' }, { session });
          await state().updateOne({ _id: 'a' }, { $set: { n: (found?.n ?? 0) + 1 } }, { session });
          return [];
        });
      await Promise.all(Array.from({ length: 10 }, (_, id) => add(id)));
      expect(await state().findOne({ _id: 'a' })).toMatchObject({ n: 10 });
    });
  });

  describe('relay', () => {
    const relayOf = (publish: (records: readonly OutgoingRecord[]) => Promise<void>, owner = 'r1', batchSize = 7) =>
      new OutboxRelay({
        connection,
        service: 'svc',
        publisher: { publish },
        leases: new LeaseStore(connection, 'svc'),
        owner,
        clock,
        logger: silentLogger,
        sleep,
        random: () => 0,
        pollMs: 20,
        batchSize,
      });
    const byKey = (records: readonly OutgoingRecord[], key: string) =>
      records.filter((record) => record.key === key).map(({ value }) => String(value));

    it('publishes in commit order per key, from concurrent writers', async () => {
      const committed: string[] = [];
      const emit = (key: string, id: string) =>
        unitOfWork.execute(null, async () => [entry(key, id)]).then(() => committed.push(id));
      await Promise.all(Array.from({ length: 30 }, (_, n) => emit(`k${n % 3}`, `${n}`)));
      const stored = await connection.collection(names.outbox).find().sort({ sequence: 1 }).toArray();
      const published: OutgoingRecord[] = [];
      const relay = relayOf(async (records) => void published.push(...records));
      while ((await relay.publishWaiting()) > 0);
      for (const key of ['k0', 'k1', 'k2']) {
        const order = stored.filter((each) => each.key === key);
        expect(order.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        expect(byKey(published, key)).toEqual(order.map(({ value }) => value));
      }
      expect(published).toHaveLength(committed.length);
    }, 30_000);

    it('publishes again what a crash left unmarked, and nothing that has its position', async () => {
      await unitOfWork.execute(null, async () => [entry('k', '1'), entry('k', '2')]);
      const published: string[] = [];
      let crash = true;
      const relay = relayOf(async (records) => {
        published.push(...records.map(({ value }) => String(value)));
        if (crash) throw new Error('crashed after the acknowledgement');
      });
      await expect(relay.publishWaiting()).rejects.toThrow('crashed');
      crash = false;
      await relay.publishWaiting();
      expect(published).toEqual(['1', '2', '1', '2']);
      await connection.collection(names.outbox).updateMany({}, { $unset: { publishedAt: 1 } });
      await relay.publishWaiting();
      expect(published).toHaveLength(4);
    });

    it('waits for an entry that a read missed instead of overtaking it', async () => {
      await unitOfWork.execute(null, async () => [entry('k', '1'), entry('k', '2')]);
      const outbox = connection.collection(names.outbox);
      const first = await outbox.findOneAndDelete({ sequence: 1 });
      const published: string[] = [];
      const relay = relayOf(async (records) => void published.push(...records.map(({ value }) => String(value))));
      expect(await relay.publishWaiting()).toBe(0);
      await outbox.insertOne(first as never);
      await relay.publishWaiting();
      expect(published).toEqual(['1', '2']);
    });

    it('is active in one replica, and another takes over', async () => {
      const publishedBy: string[] = [];
      const replica = (owner: string) =>
        relayOf(async (records) => void publishedBy.push(...records.map(() => owner)), owner);
      const [one, two] = [replica('r1'), replica('r2')];
      one.start();
      await unitOfWork.execute(null, async () => [entry('k', '1')]);
      await eventually(() => publishedBy.length === 1);
      two.start();
      await unitOfWork.execute(null, async () => [entry('k', '2')]);
      await eventually(() => publishedBy.length === 2);
      await one.stop();
      await unitOfWork.execute(null, async () => [entry('k', '3')]);
      await eventually(() => publishedBy.length === 3);
      await two.stop();
      expect(publishedBy).toEqual(['r1', 'r1', 'r2']);
    }, 60_000);
  });

  describe('leases', () => {
    const leases = () => new LeaseStore(connection, 'svc');

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

  describe('save by revision', () => {
    it('lets one of two writers win', async () => {
      const saved = await saveByRevision(connection, 'state', { _id: 'a', revision: 0, n: 1 });
      expect(saved.revision).toBe(1);
      const save = (n: number) => saveByRevision(connection, 'state', { ...saved, n });
      const results = await Promise.allSettled([save(2), save(3)]);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      await expect(save(4)).rejects.toMatchObject({ code: 'CONFLICT', retryable: true });
      await expect(saveByRevision(connection, 'state', { _id: 'a', revision: 0, n: 5 })).rejects.toMatchObject({
        code: 'CONFLICT',
      });
    });
  });

  it('says that the database is away, in an error that may be retried', async () => {
    const config = { url: 'mongodb://127.0.0.1:1/x', serverSelectionTimeoutMs: 200 };
    const open = mongoose.connections.length;
    await expect(connectDatabase(config, 'test')).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      retryable: true,
    });
    // One that is left behind keeps trying, and keeps the process alive.
    expect(mongoose.connections).toHaveLength(open);
  });
});
