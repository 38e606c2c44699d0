import { readParquet, stringColumnOf, cellAt } from '@perennial/columns';
import { batchClosedV1 } from '@perennial/contracts';
import { connectDatabase, mongoConfigSchema } from '@perennial/messaging-mongo';
import { GridfsObjectStore } from '@perennial/object-store';
import type { StoredBatch } from '../evidence/evidence';
import { eventsOf, type HistoryEvent } from '../evidence/history.event';

/** Reads the raw file behind every batch that was announced. */
export async function readStoredBatches(mongoUrl: string, events: readonly HistoryEvent[]): Promise<StoredBatch[]> {
  const connection = await connectDatabase(mongoConfigSchema.parse({ url: mongoUrl }), 'faults');
  try {
    const store = new GridfsObjectStore(connection);
    const batches: StoredBatch[] = [];
    for (const { data } of eventsOf(events, batchClosedV1)) {
      const table = await readParquet(await store.get(data.raw), { columns: ['valve'] });
      const ids = stringColumnOf(table, 'valve');
      const recordIds = Array.from({ length: table.rows }, (_, row) => String(cellAt(ids, row)));
      batches.push({ batchId: data.batchId, day: data.day, recordIds });
    }
    return batches;
  } finally {
    await connection.close();
  }
}
