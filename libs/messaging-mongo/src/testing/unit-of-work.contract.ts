import { collectionNames } from '../collection.names';
import { MongoUnitOfWork, sessionOf } from '../mongo.unit-of-work';
import { clock, type Connected, entry, service } from './database.harness';

const mark = (id: string, group = 'g') => ({ group, source: '/s', id });

/** Work, mark and events are one transaction, done once per event. */
export function unitOfWorkContract(connection: Connected): void {
  const names = collectionNames(service);
  const state = () => connection().collection<{ _id: string; n: number }>('state');
  const count = (name: string) => connection().collection(name).countDocuments({});
  let unitOfWork: MongoUnitOfWork;
  beforeEach(() => {
    unitOfWork = new MongoUnitOfWork(connection(), service, clock);
  });

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
}
