import { LeaseStore, MongoUnitOfWork, sessionOf, toDatabaseError } from '@perennial/messaging-mongo';
import type { Connection } from 'mongoose';
import type { Operation } from '../scheduler/simulator';
import { SimulatedDatabase } from './simulated.database';
import { type Disturbance, SteppingSimulator } from './testing/stepping.simulator';
import { VirtualTime } from './testing/virtual.time';

interface Counter {
  _id: string;
  n: number;
}

describe('faults of the simulated database', () => {
  let simulator: SteppingSimulator;
  let database: SimulatedDatabase;
  let connection: Connection;
  let time: VirtualTime;
  beforeEach(() => {
    simulator = new SteppingSimulator(1);
    time = new VirtualTime(simulator);
    database = new SimulatedDatabase(simulator);
    connection = database.connect('a');
  });
  afterEach(() => time.restore());

  /** The next operations of that name. */
  const strike = (disturbance: Disturbance, name: string, times = 1) => {
    let left = times;
    simulator.disturb = (_process: string, operation: Operation) =>
      operation.name === name && left-- > 0 ? disturbance : null;
  };
  const settled = <T>(work: Promise<T>): Promise<T> => time.settled(work);
  const counters = (of = connection) => of.collection<Counter>('counters');
  const stored = () => database.documents('counters');
  const count = (name: string) => simulator.trace.filter((line) => line.includes(` ${name}`)).length;

  describe('a write whose answer is lost', () => {
    it.each(['unreached', 'unanswered'] as const)(
      'is done once by the retry of the driver (%s)',
      async (disturbance) => {
        await counters().insertOne({ _id: 'x', n: 0 });
        strike(disturbance, 'update counters');
        await settled(counters().updateOne({ _id: 'x' }, { $inc: { n: 1 } }));
        strike(disturbance, 'findAndModify counters');
        const after = await settled(
          counters().findOneAndUpdate({ _id: 'x' }, { $inc: { n: 1 } }, { returnDocument: 'after' }),
        );
        expect(after).toEqual({ _id: 'x', n: 2 });
        strike(disturbance, 'insert counters');
        await settled(
          counters().insertMany([
            { _id: 'y', n: 0 },
            { _id: 'z', n: 0 },
          ]),
        );
        expect(stored()).toHaveLength(3);
      },
    );

    it('fails when the retry is lost too, done or not', async () => {
      strike('unanswered', 'insert counters', 2);
      await expect(settled(counters().insertOne({ _id: 'x', n: 0 }))).rejects.toMatchObject({
        name: 'MongoNetworkError',
      });
      expect(stored()).toEqual([{ _id: 'x', n: 0 }]);
      strike('unreached', 'insert counters', 2);
      await expect(settled(counters().insertOne({ _id: 'y', n: 0 }))).rejects.toMatchObject({
        name: 'MongoNetworkError',
      });
      expect(stored()).toHaveLength(1);
    });

    it('is not repeated where the driver does not: updates of many', async () => {
      strike('unanswered', 'update counters');
      await expect(settled(counters().updateMany({}, { $inc: { n: 1 } }))).rejects.toMatchObject({
        name: 'MongoNetworkError',
      });
      expect(count('update counters')).toBe(1);
    });
  });

  describe('a unit of work', () => {
    const add = (of = connection) =>
      new MongoUnitOfWork(of, 'svc', { now: () => new Date() }).execute(
        { group: 'g', source: 's', id: '1' },
        async (transaction) => {
          const session = sessionOf(transaction);
          await counters(of).updateOne({ _id: 'x' }, { $inc: { n: 1 } }, { upsert: true, session });
          return [];
        },
      );

    it.each([
      ['unreached', 1],
      ['unanswered', 1],
      ['unanswered', 5],
    ] as const)(
      'commits once although the answer to its commit was lost (%s, %d times)',
      async (disturbance, times) => {
        strike(disturbance, 'commitTransaction', times);
        expect(await settled(add())).toBe('committed');
        expect(stored()).toEqual([{ _id: 'x', n: 1 }]);
        expect(await settled(add())).toBe('duplicate');
      },
    );

    it.each(['find svc_inbox', 'update counters', 'insert svc_inbox'])(
      'is repeated as a whole when the answer to one of its operations is lost: %s',
      async (name) => {
        strike('unanswered', name);
        expect(await settled(add())).toBe('committed');
        expect(stored()).toEqual([{ _id: 'x', n: 1 }]);
      },
    );

    it('leaves its locks when its process crashes, until the lifetime of a transaction is over', async () => {
      strike('never', 'commitTransaction');
      void add();
      await time.pass(100);
      const other = database.connect('b');
      let ended = false;
      const waiting = counters(other).updateOne({ _id: 'x' }, { $inc: { n: 10 } }, { upsert: true });
      void waiting.then(() => (ended = true));
      await time.pass(58_000);
      expect([ended, stored()]).toEqual([false, []]);
      await settled(waiting);
      expect(stored()).toEqual([{ _id: 'x', n: 10 }]);
    });

    it('is gone when the server restarts before its commit, and done again', async () => {
      simulator.disturb = (_process, { name }) => {
        if (name !== 'commitTransaction') return null;
        simulator.disturb = () => null;
        database.restart();
        return null;
      };
      expect(await settled(add())).toBe('committed');
      expect(stored()).toEqual([{ _id: 'x', n: 1 }]);
      expect(count('commitTransaction')).toBe(2);
    });
  });

  it('is away: operations fail after the time of the server selection, and work again when it is back', async () => {
    simulator.disturb = () => 'unreached';
    const error: unknown = await settled(counters().findOne({ _id: 'x' })).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'MongoServerSelectionError' });
    expect(toDatabaseError(error)).toMatchObject({ code: 'DATABASE_UNAVAILABLE', retryable: true });
    expect(count('hello')).toBeGreaterThan(1);
    simulator.disturb = () => null;
    expect(await settled(new LeaseStore(connection, 'svc').acquire('l', 'o', 1_000))).toMatchObject({ owner: 'o' });
  });

  it('has a clock of its own, which leases go by', async () => {
    const leases = new LeaseStore(connection, 'svc');
    await settled(leases.acquire('l', 'a', 60_000));
    expect(await settled(leases.acquire('l', 'b', 60_000))).toBeNull();
    database.clockSkewMs = 3_600_000;
    expect(await settled(leases.acquire('l', 'b', 60_000))).toMatchObject({ owner: 'b', token: 2 });
  });

  it('deletes what a TTL index lets expire, within a minute', async () => {
    const marks = connection.collection('marks');
    await settled(marks.createIndex({ at: 1 }, { expireAfterSeconds: 3_600 }));
    await settled(marks.insertMany([{ at: new Date(Date.now() - 3_500_000) }, { at: new Date() }, { at: null }]));
    await time.pass(170_000);
    expect(await settled(marks.countDocuments({}))).toBe(2);
    expect(database.changes().at(-1)).toMatchObject({ process: 'ttl', collection: 'marks', after: null });
  });

  it.each([
    ['a pipeline as update', () => counters().updateOne({ _id: 'x' }, [{ $set: { n: 1 } }])],
    [
      'a collation',
      () =>
        counters()
          .find({}, { collation: { locale: 'de' } })
          .toArray(),
    ],
    ['an unknown operator', () => counters().updateOne({ _id: 'x' }, { $bogus: { n: 1 } } as object, { upsert: true })],
    ['an index that is partial', () => counters().createIndex({ n: 1 }, { partialFilterExpression: { n: 1 } })],
    ['a change stream', () => counters().watch().next()],
  ])('refuses what it does not know: %s', async (_what, operation) => {
    await expect(settled(operation() as Promise<unknown>)).rejects.toThrow(
      /not simulated|Unknown modifier|unregistered/,
    );
  });

  it('keeps what was committed, with who changed it from what to what', async () => {
    await settled(counters().insertOne({ _id: 'x', n: 1 }));
    await settled(counters(database.connect('b')).updateOne({ _id: 'x' }, { $set: { n: 2 } }));
    await settled(counters().deleteOne({ _id: 'x' }));
    const [one, two] = [
      { _id: 'x', n: 1 },
      { _id: 'x', n: 2 },
    ];
    expect(database.changes()).toMatchObject([
      { sequence: 1, process: 'a', collection: 'counters', id: 'x', before: null, after: one },
      { sequence: 2, process: 'b', before: one, after: two },
      { sequence: 3, process: 'a', before: two, after: null },
    ]);
  });
});
