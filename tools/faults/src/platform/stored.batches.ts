import { readParquet, stringColumnOf, cellAt } from '@perennial/columns';
import { batchClosedV1 } from '@perennial/contracts';
import { connectDatabase, mongoConfigSchema } from '@perennial/messaging-mongo';
import { type ObjectStore, objectStoreConfig, objectStoreFromConfig } from '@perennial/object-store';
import type { StoredBatch } from '../evidence/evidence';
import { eventsOf, type HistoryEvent } from '../evidence/history.event';

/** The files of a platform whose services have this environment. */
export async function withObjectStore<T>(
  mongoUrl: string,
  environment: NodeJS.ProcessEnv,
  work: (store: ObjectStore) => Promise<T>,
): Promise<T> {
  const connection = await connectDatabase(mongoConfigSchema.parse({ url: mongoUrl }), 'faults');
  try {
    return await work(objectStoreFromConfig(objectStoreConfig.parse(environment), connection));
  } finally {
    await connection.close();
  }
}

/** Reads the raw file behind every batch that was announced. */
export function readStoredBatches(
  mongoUrl: string,
  environment: NodeJS.ProcessEnv,
  events: readonly HistoryEvent[],
): Promise<StoredBatch[]> {
  return withObjectStore(mongoUrl, environment, async (store) => {
    const batches: StoredBatch[] = [];
    for (const { data } of eventsOf(events, batchClosedV1)) {
      const table = await readParquet(await store.get(data.raw), { columns: ['valve'] });
      const ids = stringColumnOf(table, 'valve');
      const recordIds = Array.from({ length: table.rows }, (_, row) => String(cellAt(ids, row)));
      batches.push({ batchId: data.batchId, day: data.day, recordIds });
    }
    return batches;
  });
}
