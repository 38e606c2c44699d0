import { topics } from '@perennial/contracts';
import type { Router } from '@perennial/messaging';
import type { RecordPredictions } from '../application/record.predictions';

/** Subscribes when it is made: the router's subscriptions must be known before it starts. */
export class PredictionsConsumer {
  constructor(router: Router, record: RecordPredictions, group: string) {
    router.subscribeBatch(topics.predictions, (slice) => record.run(slice), { group });
  }
}

/** The group that reads the predictions; dead letters name it, so that a redrive finds its way back. */
export const predictionsGroup = (suffix: string): string => `inference${suffix}.${topics.predictions.name}`;
