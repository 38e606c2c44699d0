import { topics } from '@perennial/contracts';
import type { Router } from '@perennial/messaging';
import type { TakeSlice } from '../application/take.slice';

/** Subscribes when it is made: the router's subscriptions must be known before it starts. */
export class RecordsConsumer {
  constructor(router: Router, take: TakeSlice, group: string) {
    router.subscribeBatch(topics.records, (slice) => take.run(slice), { group });
  }
}

/** The group that reads the records; dead letters name it, so that a redrive finds its way back. */
export const recordsGroup = (suffix: string): string => `ingestion${suffix}.${topics.records.name}`;
