import { type OutgoingRecord, silentLogger, sleep } from '@perennial/messaging';
import { eventually } from '@perennial/messaging/testing';
import { collectionNames } from '../collection.names';
import { LeaseStore } from '../lease.store';
import { MongoUnitOfWork } from '../mongo.unit-of-work';
import { OutboxRelay } from '../outbox.relay';
import { clock, type Connected, entry, service } from './database.harness';

/** In order per key, at least once, by one replica at a time. */
export function outboxRelayContract(connection: Connected): void {
  const names = collectionNames(service);
  let unitOfWork: MongoUnitOfWork;
  beforeEach(() => {
    unitOfWork = new MongoUnitOfWork(connection(), service, clock);
  });

  describe('relay', () => {
    const relayOf = (publish: (records: readonly OutgoingRecord[]) => Promise<void>, owner = 'r1', batchSize = 7) =>
      new OutboxRelay({
        connection: connection(),
        service,
        publisher: { publish },
        leases: new LeaseStore(connection(), service),
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
      const stored = await connection().collection(names.outbox).find().sort({ sequence: 1 }).toArray();
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
      await connection()
        .collection(names.outbox)
        .updateMany({}, { $unset: { publishedAt: 1 } });
      await relay.publishWaiting();
      expect(published).toHaveLength(4);
    });

    it('waits for an entry that a read missed instead of overtaking it', async () => {
      await unitOfWork.execute(null, async () => [entry('k', '1'), entry('k', '2')]);
      const outbox = connection().collection(names.outbox);
      const first = await outbox.findOneAndDelete({ sequence: 1 });
      const published: string[] = [];
      const relay = relayOf(async (records) => void published.push(...records.map(({ value }) => String(value))));
      expect(await relay.publishWaiting()).toBe(0);
      await outbox.insertOne(first as never);
      await relay.publishWaiting();
      expect(published).toEqual(['1', '2']);
    });

    it('repeats but never overtakes when two publish at once', async () => {
      for (let n = 0; n < 12; n++) await unitOfWork.execute(null, async () => [entry(`k${n % 2}`, `${n}`)]);
      const published: OutgoingRecord[] = [];
      const publishAll = async (owner: string) => {
        const relay = relayOf(async (records) => void published.push(...records), owner, 3);
        while ((await relay.publishWaiting()) > 0);
      };
      await Promise.all([publishAll('r1'), publishAll('r2')]);
      expect([...new Set(byKey(published, 'k0'))]).toEqual(['0', '2', '4', '6', '8', '10']);
      expect([...new Set(byKey(published, 'k1'))]).toEqual(['1', '3', '5', '7', '9', '11']);
      const waiting = { publishedAt: null } as object;
      expect(await connection().collection(names.outbox).countDocuments(waiting)).toBe(0);
    }, 30_000);

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
}
