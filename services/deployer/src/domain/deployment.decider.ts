import type { RolloutDeclaration } from '@perennial/pipeline';
import type { Candidate, Deployment, Release, Rollout, RolloutKind } from './deployment';
import type { DeploymentEvent } from './deployment.events';
import { evolve } from './deployment.evolve';
import type { Finding } from './guardrails';
import type { Observation } from './observation';
import type { Replica } from './replica';
import { assess } from './rollout.assessment';
import { AT_ONCE, planOf } from './rollout.plan';
import { findingsOf, nextStep } from './rollout.progress';
import { isLast, trafficAt } from './rollout.traffic';
import { isExperiment } from './traffic';

/** What decisions take from outside. One decision starts at most one rollout or experiment, which gets `rolloutId`. */
export interface Moment {
  /** Milliseconds since 1970. */
  now: number;
  rolloutId: string;
}

/** An approved version goes out, or waits for what is under way. A version that is known here is not taken twice. */
export function onApproved(
  state: Deployment,
  candidate: Candidate,
  declared: RolloutDeclaration,
  moment: Moment,
): DeploymentEvent[] {
  const { version } = candidate;
  const known = [state.rollout, state.waiting, ...state.releases].some((release) => release?.version === version);
  if (known) return [];
  const busy = state.phase === 'rolling' || (state.phase === 'completed' && isExperiment(state.traffic));
  if (!busy) return start(state, candidate, 'promotion', declared, moment);
  return [...(state.waiting ? [skip(state.waiting, version)] : []), { type: 'approval-queued', candidate }];
}

function skip({ version, cycleId, correlationId }: Candidate, supersededBy: string): DeploymentEvent {
  return { type: 'approval-skipped', version, supersededBy, cycleId, correlationId };
}

/** Compares what is under way with what the replicas say and have counted. */
export function onReplicas(
  state: Deployment,
  replicas: readonly Replica[],
  observations: readonly Observation[],
  declared: RolloutDeclaration,
  moment: Moment,
): DeploymentEvent[] {
  const { rollout, traffic, phase } = state;
  if (!rollout || !traffic || (phase !== 'rolling' && phase !== 'failed')) return [];
  const assessment = assess(rollout, traffic, replicas, moment.now, declared.timeoutSeconds * 1000);
  if (assessment.verdict === 'failed') {
    const { reason, replicas: failed } = assessment;
    return phase === 'failed' ? [] : fail(state, rollout, { reason, replicas: failed }, declared, moment);
  }
  if (isLast(state)) {
    if (assessment.verdict === 'waiting') return [];
    const { replicas: serving } = assessment;
    return next(state, { type: 'rollout-completed', rollout, replicas: serving }, null, declared, moment);
  }
  const findings = findingsOf(rollout, traffic, observations);
  const breaches = findings.filter(({ breached }) => breached);
  if (breaches.length > 0) {
    const reason = `${rollout.plan.strategy}: ${breaches.map(({ rule, text }) => `${rule}: ${text}`).join('; ')}`;
    return fail(state, rollout, { reason, replicas: [], findings }, declared, moment);
  }
  return assessment.verdict === 'waiting' ? [] : nextStep(state, rollout, observations, findings, moment.now);
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
  declared: RolloutDeclaration,
  moment: Moment,
): { events: DeploymentEvent[] } | { refused: RollbackRefusal } {
  const { to, by, reason, requestId } = command;
  if (isAnswered(state, requestId)) return { events: [] };
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
  return { events: [...ended, ...start(state, candidate, 'rollback', declared, moment, { requestId, reason })] };
}

export const isAnswered = ({ requests }: Deployment, requestId: string | undefined): boolean =>
  requestId !== undefined && requests.some((request) => request.requestId === requestId);

/** A rollout ends, and what served before it gets all traffic again. */
export function fail(
  state: Deployment,
  rollout: Rollout,
  why: { reason: string; replicas: string[]; findings?: Finding[]; requestId?: string },
  declared: RolloutDeclaration,
  moment: Moment,
): DeploymentEvent[] {
  const { reason, replicas, ...cause } = why;
  const previous = previousOf(state, rollout);
  const restored = previous?.version ?? null;
  return next(state, { type: 'rollout-failed', rollout, reason, replicas, restored }, previous, declared, moment, {
    reason,
    ...cause,
  });
}

interface Cause {
  reason?: string;
  findings?: Finding[];
  requestId?: string;
}

/** After the end of a rollout: what must be restored, else what waits. */
function next(
  state: Deployment,
  ended: DeploymentEvent & { rollout: Rollout },
  restore: Release | null,
  declared: RolloutDeclaration,
  moment: Moment,
  cause: Cause = {},
): DeploymentEvent[] {
  const after = evolve(state, ended);
  const { correlationId, rolloutId } = ended.rollout;
  if (restore) {
    const candidate = { ...restore, requestedBy: `rollout ${rolloutId}`, correlationId };
    return [ended, ...start(after, candidate, 'rollback', declared, moment, cause)];
  }
  return [ended, ...startWaiting(after, declared, moment)];
}

/** What was approved while something else was under way. */
export function startWaiting(state: Deployment, declared: RolloutDeclaration, moment: Moment): DeploymentEvent[] {
  return state.waiting ? start(state, state.waiting, 'promotion', declared, moment) : [];
}

/** What goes back goes at once, and so does the first version of a pipeline: there is nothing to compare it with. */
export function start(
  state: Deployment,
  candidate: Candidate,
  kind: RolloutKind,
  declared: RolloutDeclaration,
  { now, rolloutId }: Moment,
  { reason = 'the rollout starts', findings = [], requestId }: Cause = {},
): DeploymentEvent[] {
  const { sequence, serving } = state;
  const isGuarded = kind === 'promotion' && serving !== null && serving !== candidate.version;
  const rollout: Rollout = {
    ...candidate,
    ...{ rolloutId, sequence: sequence + 1, kind, previous: serving, startedAt: now },
    plan: isGuarded ? planOf(declared) : AT_ONCE,
  };
  const { requestedBy: by, correlationId } = rollout;
  const traffic = trafficAt(state, rollout, 0, now);
  return [
    { type: 'rollout-started', rollout, requestId },
    { type: 'traffic-changed', traffic, step: 0, by, reason, findings, correlationId },
  ];
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
