import { topics } from '@perennial/contracts';
import type { Router } from '@perennial/messaging';
import type { TakeSlice } from '../application/take.slice';

/** Subscribes when it is made: the router's subscriptions must be known before it starts. */
export class RecordsConsumer {
  constructor(router: Router, take: TakeSlice) {
    router.subscribeBatch(topics.records, (slice) => take.run(slice));
  }
}
