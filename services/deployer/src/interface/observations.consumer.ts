import { topics } from '@perennial/contracts';
import type { Router } from '@perennial/messaging';
import type { HearObservations } from '../application/hear.observations';

/** Subscribes when it is made: the router's subscriptions must be known before it starts. */
export class ObservationsConsumer {
  constructor(router: Router, hear: HearObservations, group: string) {
    router.subscribeBatch(topics.observations, (slice) => hear.run(slice), { group });
  }
}

/** The group that reads the observations; dead letters name it, so that a redrive finds its way back. */
export const observationsGroup = (suffix: string): string => `deployer${suffix}.${topics.observations.name}`;
