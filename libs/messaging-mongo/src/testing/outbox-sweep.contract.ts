import { type OutgoingRecord, silentLogger, sleep } from '@perennial/messaging';
import { collectionNames } from '../collection.names';
import { LeaseStore } from '../lease.store';
import { MongoUnitOfWork } from '../mongo.unit-of-work';
import { OutboxRelay } from '../outbox.relay';
import { sweepIdleLanes } from '../outbox.sweep';
import { clock, type Connected, entry, service } from './database.harness';

/** Counters of idle lanes go; nothing that is still to be published is lost or stuck by that. */
export function outboxSweepContract(connection: Connected): void {
  const names = collectionNames(service);
  const idleMs = 1_000;
  const later = { now: () => new Date(clock.now().getTime() + 2 * idleMs) };
  const sweep = () => sweepIdleLanes(connection(), service, later, idleMs);
  const counters = async () => [
    await connection().collection(names.sequences).countDocuments(),
    await connection().collection(names.positions).countDocuments(),
  ];
  let unitOfWork: MongoUnitOfWork;
  let published: OutgoingRecord[];
  let relay: OutboxRelay;
  const emit = (key: string, id: string) => unitOfWork.execute(null, async () => [entry(key, id)]);
  const publishAll = async () => {
    while ((await relay.publishWaiting()) > 0);
  };
  const idsOf = (key: string) => published.filter((each) => each.key === key).map(({ value }) => String(value));

  describe('sweep', () => {
    beforeEach(() => {
      unitOfWork = new MongoUnitOfWork(connection(), service, clock);
      published = [];
      relay = new OutboxRelay({
        ...{ connection: connection(), service, owner: 'r1', clock, sleep, logger: silentLogger, random: () => 0 },
        leases: new LeaseStore(connection(), service),
        publisher: { publish: async (records) => void published.push(...records) },
      });
    });

    it('forgets a lane that is published and idle, and a lane used again begins anew, in order', async () => {
      for (const id of ['1', '2', '3']) await emit('k', id);
      await publishAll();
      expect(await sweepIdleLanes(connection(), service, clock, idleMs)).toBe(0);
      expect(await sweep()).toBe(1);
      expect(await counters()).toEqual([0, 0]);
      for (const id of ['4', '5']) await emit('k', id);
      await publishAll();
      expect(idsOf('k')).toEqual(['1', '2', '3', '4', '5']);
    });

    it('leaves a lane that has something to publish, or published and not marked', async () => {
      await emit('waiting', '1');
      await emit('unmarked', '1');
      await emit('unmarked', '2');
      await relay.publishWaiting();
      const outbox = connection().collection(names.outbox);
      await outbox.updateOne({ key: 'unmarked', sequence: 2 }, { $unset: { publishedAt: 1 } });
      await emit('waiting', '2');
      expect(await sweep()).toBe(0);
      await publishAll();
      expect([idsOf('waiting'), idsOf('unmarked')]).toEqual([
        ['1', '2'],
        ['1', '2'],
      ]);
      expect(await sweep()).toBe(2);
    });

    it('beside writers and the relay loses nothing and keeps the order', async () => {
      const expected: string[] = [];
      for (let round = 0; round < 12; round++) {
        const id = String(round);
        expected.push(id);
        await Promise.all([emit('k', id), sweep().catch(() => 0), relay.publishWaiting()]);
      }
      await publishAll();
      expect(idsOf('k')).toEqual(expected);
    }, 60_000);
  });
}
