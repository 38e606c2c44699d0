import { topics } from '@perennial/contracts';
import type { Router } from '@perennial/messaging';
import type { TakeSlice } from '../application/take.slice';

/** A slice is a transaction: large ones cost less. All of a fetch is in memory until the last of its slices is stored. */
const fetch = { maxBytesPerPartition: 2 * 1024 * 1024, maxBytes: 8 * 1024 * 1024 };

/** Subscribes when it is made: the router's subscriptions must be known before it starts. */
export class RecordsConsumer {
  constructor(router: Router, take: TakeSlice, group: string) {
    router.subscribeBatch(topics.records, (slice) => take.run(slice), { group, fetch });
  }
}

/** The group that reads the records; dead letters name it, so that a redrive finds its way back. */
export const recordsGroup = (suffix: string): string => `ingestion${suffix}.${topics.records.name}`;
