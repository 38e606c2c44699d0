import {
  rolloutCompletedV1,
  rolloutFailedV1,
  rolloutStartedV1,
  trafficChangedV1,
  versionSupersededV1,
} from '@perennial/contracts';
import { emit, type OutgoingEvent } from '@perennial/messaging';
import type { DeploymentEvent } from '../domain/deployment.events';

/** What the platform hears of a step; that an approval waits stays in the history. */
export function announce(pipeline: string, event: DeploymentEvent): OutgoingEvent[] {
  if (event.type === 'approval-queued') return [];
  if (event.type === 'approval-skipped') {
    const { version, cycleId, supersededBy } = event;
    return [emit(versionSupersededV1, { pipeline, version, cycleId, supersededBy }, correlated(event))];
  }
  if (event.type === 'traffic-changed') {
    const { changedAt: _, ...traffic } = event.traffic;
    const { by: changedBy, reason, findings } = event;
    return [emit(trafficChangedV1, { pipeline, ...traffic, changedBy, reason, findings }, correlated(event))];
  }
  const { rolloutId, sequence, version, cycleId, model, previous, kind, requestedBy } = event.rollout;
  const fields = { rolloutId, sequence, pipeline, version, cycleId };
  const options = correlated(event.rollout);
  switch (event.type) {
    case 'rollout-started':
      return [emit(rolloutStartedV1, { ...fields, model, previous, kind, requestedBy }, options)];
    case 'rollout-completed':
      return [emit(rolloutCompletedV1, { ...fields, model, previous, kind, replicas: event.replicas }, options)];
    case 'rollout-failed': {
      const { reason, replicas, restored } = event;
      return [emit(rolloutFailedV1, { ...fields, reason, replicas, restored }, options)];
    }
  }
}

const correlated = ({ correlationId }: { correlationId: string | null }) =>
  correlationId === null ? {} : { correlationId };
