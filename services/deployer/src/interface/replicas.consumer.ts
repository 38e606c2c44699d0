import { topics } from '@perennial/contracts';
import type { Router } from '@perennial/messaging';
import type { HearReplicas } from '../application/hear.replicas';

/** Subscribes when it is made: the router's subscriptions must be known before it starts. */
export class ReplicasConsumer {
  constructor(router: Router, hear: HearReplicas, group: string) {
    router.subscribeBatch(topics.replicas, (slice) => hear.run(slice), { group });
  }
}

/** The group that reads the reports; dead letters name it, so that a redrive finds its way back. */
export const replicasGroup = (suffix: string): string => `deployer${suffix}.${topics.replicas.name}`;
