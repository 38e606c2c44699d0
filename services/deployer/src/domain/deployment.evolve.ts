import type { Deployment, Release, Rollout } from './deployment';
import type { DeploymentEvent } from './deployment.events';

/** Versions that can be rolled back to, and requests that are recognised when repeated. */
const KEPT_RELEASES = 50;
const KEPT_REQUESTS = 20;

export function evolve(state: Deployment, event: DeploymentEvent): Deployment {
  switch (event.type) {
    case 'approval-queued':
      return { ...state, waiting: event.candidate };
    case 'approval-skipped':
      return { ...state, waiting: null };
    case 'rollout-started':
      return started(state, event.rollout, event.requestId);
    case 'traffic-changed':
      return {
        ...state,
        traffic: event.traffic,
        step: event.step,
        requests: answered(state, event.requestId, event.traffic.rolloutId),
      };
    case 'rollout-completed':
      return {
        ...state,
        phase: 'completed',
        serving: event.rollout.version,
        releases: withRelease(state.releases, event.rollout),
      };
    case 'rollout-failed':
      return { ...state, phase: 'failed' };
  }
}

function started(state: Deployment, rollout: Rollout, requestId: string | undefined): Deployment {
  const { rolloutId, sequence, version } = rollout;
  return {
    ...state,
    sequence,
    rollout,
    phase: 'rolling',
    waiting: state.waiting?.version === version ? null : state.waiting,
    requests: answered(state, requestId, rolloutId),
  };
}

function answered({ requests }: Deployment, requestId: string | undefined, rolloutId: string): Deployment['requests'] {
  return requestId === undefined ? requests : [...requests, { requestId, rolloutId }].slice(-KEPT_REQUESTS);
}

function withRelease(releases: Release[], { version, model, cycleId }: Rollout): Release[] {
  if (releases.some((release) => release.version === version)) return releases;
  return [...releases, { version, model, cycleId }].slice(-KEPT_RELEASES);
}
