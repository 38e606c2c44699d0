import type { Connection } from 'mongoose';
import { SimulatedDatabase } from './simulated.database';
import { SteppingSimulator } from './testing/stepping.simulator';

interface Numbered {
  _id: string;
  n: number;
}

describe('commands outside a transaction', () => {
  /** What `observe` gives over the seeds. */
  const outcomes = async (observe: (connection: Connection) => Promise<unknown>, interleaving: number, seeds = 30) => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= seeds; seed++) {
      const database = new SimulatedDatabase(new SteppingSimulator(seed), { interleaving });
      seen.add(JSON.stringify(await observe(database.connect('p'))));
    }
    return seen;
  };
  const numbers = (connection: Connection) => connection.collection<Numbered>('numbers');

  const readWhileWritten = async (connection: Connection) => {
    const write = async () => {
      await numbers(connection).insertOne({ _id: 'first', n: 1 });
      await numbers(connection).insertOne({ _id: 'second', n: 2 });
    };
    const [found] = await Promise.all([numbers(connection).find().sort({ _id: 1 }).toArray(), write()]);
    return found.map(({ _id }) => _id);
  };

  it('may read what was committed later and miss what was committed earlier', async () => {
    expect(await outcomes(readWhileWritten, 0.5, 120)).toContain('["second"]');
  });

  it('read one state where nothing comes between', async () => {
    expect(await outcomes(readWhileWritten, 0, 120)).not.toContain('["second"]');
  });

  it('may be seen half done: batches and updates of many', async () => {
    const documents = ['a', 'b', 'c'].map((_id) => ({ _id, n: 0 }));
    const halfWritten = async (connection: Connection) => {
      const [found] = await Promise.all([
        numbers(connection).countDocuments({}),
        numbers(connection).insertMany(documents),
      ]);
      return found;
    };
    expect(await outcomes(halfWritten, 0.5)).toContain('1');
    const halfUpdated = async (connection: Connection) => {
      await numbers(connection).insertMany(documents);
      const [found] = await Promise.all([
        numbers(connection).countDocuments({ n: 1 }),
        numbers(connection).updateMany({ n: 0 }, { $inc: { n: 1 } }),
      ]);
      return found;
    };
    expect(await outcomes(halfUpdated, 0.5)).toContain('2');
  });

  it('change each document once, however often they are interrupted', async () => {
    const inParts = async (connection: Connection) => {
      const documents = ['a', 'b', 'c', 'd'].map((_id) => ({ _id, n: 0 }));
      await numbers(connection).insertMany(documents);
      const { modifiedCount } = await numbers(connection).updateMany({}, { $inc: { n: 1 } });
      const found = await numbers(connection).find().toArray();
      return [modifiedCount, ...found.map(({ n }) => n)];
    };
    expect([...(await outcomes(inParts, 0.5))]).toEqual(['[4,1,1,1,1]']);
  });

  it('in a transaction they read its snapshot and are done as a whole', async () => {
    const transacted = async (connection: Connection) => {
      await numbers(connection).insertOne({ _id: 'x', n: 0 });
      const session = await connection.startSession();
      session.startTransaction();
      await numbers(connection).findOne({ _id: 'x' }, { session });
      const [found] = await Promise.all([
        numbers(connection).find({}, { session }).toArray(),
        numbers(connection).insertMany([{ _id: 'y', n: 0 }]),
      ]);
      await session.commitTransaction();
      return found.length;
    };
    expect([...(await outcomes(transacted, 0.9))]).toEqual(['1']);
  });
});
