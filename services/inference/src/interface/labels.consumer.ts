import { topics } from '@perennial/contracts';
import type { Router } from '@perennial/messaging';
import type { RecordLabels } from '../application/record.labels';

/** Subscribes when it is made: the router's subscriptions must be known before it starts. */
export class LabelsConsumer {
  constructor(router: Router, record: RecordLabels, group: string) {
    router.subscribeBatch(topics.labels, (slice) => record.run(slice), { group });
  }
}

/** The group that reads the labels; dead letters name it, so that a redrive finds its way back. */
export const labelsGroup = (suffix: string): string => `inference${suffix}.${topics.labels.name}`;
