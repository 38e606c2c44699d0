import type { Candidate, Deployment, Release, Rollout, RolloutKind } from './deployment';
import type { DeploymentEvent } from './deployment.events';
import { evolve } from './deployment.evolve';
import type { Replica } from './replica';
import { assess } from './rollout.assessment';

/** What decisions take from outside. One decision starts at most one rollout, which gets `rolloutId`. */
export interface Moment {
  /** Milliseconds since 1970. */
  now: number;
  rolloutId: string;
}

/** An approved version goes out, or waits for the running rollout. A version that is known here is not taken twice. */
export function onApproved(state: Deployment, candidate: Candidate, moment: Moment): DeploymentEvent[] {
  const { version } = candidate;
  const known = [state.rollout, state.waiting, ...state.releases].some((release) => release?.version === version);
  if (known) return [];
  if (state.phase !== 'rolling') return [start(state, candidate, 'promotion', moment)];
  return [...(state.waiting ? [skip(state.waiting, version)] : []), { type: 'approval-queued', candidate }];
}

function skip({ version, cycleId, correlationId }: Candidate, supersededBy: string): DeploymentEvent {
  return { type: 'approval-skipped', version, supersededBy, cycleId, correlationId };
}

/** Compares the running rollout with what the replicas say; see `assess`. */
export function onReplicas(
  state: Deployment,
  replicas: readonly Replica[],
  timeoutMs: number,
  moment: Moment,
): DeploymentEvent[] {
  const { rollout, phase } = state;
  if (!rollout || (phase !== 'rolling' && phase !== 'failed')) return [];
  const assessment = assess(rollout, replicas, moment.now, timeoutMs);
  if (assessment.verdict === 'completed') {
    return next(state, { type: 'rollout-completed', rollout, replicas: assessment.replicas }, null, moment);
  }
  if (assessment.verdict === 'waiting' || phase === 'failed') return [];
  const previous = previousOf(state, rollout);
  const { reason, replicas: failed } = assessment;
  const restored = previous?.version ?? null;
  return next(state, { type: 'rollout-failed', rollout, reason, replicas: failed, restored }, previous, moment);
}

export type RollbackRefusal = 'NO_PREVIOUS_VERSION' | 'UNKNOWN_VERSION' | 'ALREADY_SERVING';

export interface RollbackCommand {
  /** The production version before the desired one when absent. */
  to?: string;
  by: string;
  reason: string;
  requestId?: string;
}

/**
 * A person wants an earlier version back at once: a running rollout ends as failed and the rollback starts.
 * A request id that was answered before has no further effect.
 */
export function onRollback(
  state: Deployment,
  command: RollbackCommand,
  moment: Moment,
): { events: DeploymentEvent[] } | { refused: RollbackRefusal } {
  const { to, by, reason, requestId } = command;
  if (state.requests.some((request) => request.requestId === requestId)) return { events: [] };
  const { rollout, phase } = state;
  const target = to === undefined ? beforeDesired(state) : state.releases.find(({ version }) => version === to);
  if (!target) return { refused: to === undefined ? 'NO_PREVIOUS_VERSION' : 'UNKNOWN_VERSION' };
  if (rollout?.version === target.version) return { refused: 'ALREADY_SERVING' };
  const ended: DeploymentEvent[] =
    rollout && phase === 'rolling'
      ? [
          {
            type: 'rollout-failed',
            rollout,
            reason: `rolled back by ${by}: ${reason}`,
            replicas: [],
            restored: target.version,
          },
        ]
      : [];
  const candidate = { ...target, requestedBy: by, correlationId: null };
  return { events: [...ended, { ...start(state, candidate, 'rollback', moment), requestId }] };
}

/** After the end of a rollout: what must be restored, else what waits. */
function next(
  state: Deployment,
  ended: DeploymentEvent & { rollout: Rollout },
  restore: Release | null,
  moment: Moment,
): DeploymentEvent[] {
  const after = evolve(state, ended);
  const { correlationId } = ended.rollout;
  if (restore) {
    const candidate = { ...restore, requestedBy: `rollout ${ended.rollout.rolloutId}`, correlationId };
    return [ended, start(after, candidate, 'rollback', moment)];
  }
  return after.waiting ? [ended, start(after, after.waiting, 'promotion', moment)] : [ended];
}

function start(
  { sequence, serving }: Deployment,
  candidate: Candidate,
  kind: RolloutKind,
  { now, rolloutId }: Moment,
): DeploymentEvent & { type: 'rollout-started' } {
  const rollout: Rollout = { ...candidate, rolloutId, sequence: sequence + 1, kind, previous: serving, startedAt: now };
  return { type: 'rollout-started', rollout };
}

/** What served before the failed rollout. A failed rollback restores nothing: it would go back and forth. */
function previousOf({ releases, serving }: Deployment, { kind, version }: Rollout): Release | null {
  if (kind === 'rollback' || serving === version) return null;
  return releases.find((release) => release.version === serving) ?? null;
}

/** After a promotion what served before it; after a rollback the release one further back. */
function beforeDesired({ releases, rollout }: Deployment): Release | undefined {
  if (rollout?.kind === 'promotion') return releases.find(({ version }) => version === rollout.previous);
  return releases[releases.findIndex(({ version }) => version === rollout?.version) - 1];
}
