import type { Connection } from 'mongoose';
import { collectionNames, ensureMessagingIndexes } from '../collection.names';
import { type DatabaseHarness, service } from './database.harness';
import { leaseContract } from './lease.contract';
import { outboxRelayContract } from './outbox-relay.contract';
import { outboxSweepContract } from './outbox-sweep.contract';
import { revisionContract } from './revision.contract';
import { unitOfWorkContract } from './unit-of-work.contract';

/** What the adapters of this package guarantee on every database that they run on. */
export function describeMessagingContract(name: string, open: () => Promise<DatabaseHarness>): void {
  describe(`messaging contract: ${name}`, () => {
    let database: DatabaseHarness;
    const connection = (): Connection => database.connection;
    beforeAll(async () => {
      database = await open();
      await ensureMessagingIndexes(connection(), service);
    }, 30_000);
    afterAll(() => database.close(), 30_000);
    beforeEach(async () => {
      for (const each of [...Object.values(collectionNames(service)), 'state']) {
        await connection().collection(each).deleteMany({});
      }
    });

    unitOfWorkContract(connection);
    outboxRelayContract(connection);
    outboxSweepContract(connection);
    leaseContract(connection);
    revisionContract(connection);
  });
}
