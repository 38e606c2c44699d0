import { topics } from '@perennial/contracts';
import type { Router } from '@perennial/messaging';
import type { RecordPredictions } from '../application/record.predictions';

/** Subscribes when it is made: the router's subscriptions must be known before it starts. */
export class PredictionsConsumer {
  constructor(router: Router, record: RecordPredictions) {
    router.subscribeBatch(topics.predictions, (slice) => record.run(slice));
  }
}
