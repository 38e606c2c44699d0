import type { RolloutDeclaration } from '@perennial/pipeline';
import type { Deployment, Release } from './deployment';
import { fail, isAnswered, type Moment, start, startWaiting } from './deployment.decider';
import type { DeploymentEvent } from './deployment.events';
import { evolve } from './deployment.evolve';
import { incumbentOf, isLast, trafficAt } from './rollout.traffic';
import { areWhole, divide, isExperiment, type Traffic, type WantedArm } from './traffic';

interface Asked {
  by: string;
  reason: string;
  requestId?: string;
}

/** `version` may be left out for an arm that there is. */
export interface AskedArm {
  name: string;
  version?: string;
  weight: number;
}

export type TrafficCommand = Asked &
  (
    | { action: 'promote'; arm?: string }
    | { action: 'abort' }
    | { action: 'weights'; arms: readonly AskedArm[]; shadows: readonly string[] }
  );

export type TrafficRefusal =
  | 'NOTHING_ROLLED_OUT'
  | 'NOTHING_UNDER_WAY'
  | 'ROLLOUT_UNDER_WAY'
  | 'UNKNOWN_ARM'
  | 'UNKNOWN_VERSION'
  | 'SERVING_VERSION_MISSING'
  | 'VERSION_REPEATED'
  | 'WEIGHTS_NOT_WHOLE';

export type Decided = { events: DeploymentEvent[] } | { refused: TrafficRefusal; value: string | null };

const refused = (code: TrafficRefusal, value: string | null = null): Decided => ({ refused: code, value });

/**
 * A person shapes the traffic: of the rollout that is under way, or, when none is, among versions that have served. A
 * request id that was answered before has no further effect.
 */
export function onTraffic(
  state: Deployment,
  command: TrafficCommand,
  declared: RolloutDeclaration,
  moment: Moment,
): Decided {
  if (isAnswered(state, command.requestId)) return { events: [] };
  if (!state.traffic || !state.rollout) return refused('NOTHING_ROLLED_OUT');
  const weights = command.action === 'weights' ? command.arms.map(({ weight }) => weight) : null;
  if (weights && !areWhole(weights)) return refused('WEIGHTS_NOT_WHOLE', weights.join(' + '));
  if (state.phase === 'completed') return ofReleases(state, state.traffic, command, declared, moment);
  if (state.phase !== 'rolling' || isLast(state)) {
    return refused(command.action === 'weights' ? 'ROLLOUT_UNDER_WAY' : 'NOTHING_UNDER_WAY');
  }
  return ofRollout(state, state.traffic, command, declared, moment);
}

function ofRollout(
  state: Deployment,
  traffic: Traffic,
  command: TrafficCommand,
  declared: RolloutDeclaration,
  moment: Moment,
): Decided {
  const rollout = state.rollout!;
  const { stable, candidate } = rollout.plan.names;
  const { by, reason, requestId } = command;
  switch (command.action) {
    case 'abort': {
      const why = { reason: `aborted by ${by}: ${reason}`, replicas: [], requestId };
      return { events: fail(state, rollout, why, declared, moment) };
    }
    case 'promote': {
      if (command.arm === stable) return ofRollout(state, traffic, { ...command, action: 'abort' }, declared, moment);
      if (command.arm !== undefined && command.arm !== candidate) return refused('UNKNOWN_ARM', command.arm);
      const last = rollout.plan.steps.length;
      return { events: [changed(state, trafficAt(state, rollout, last, moment.now), last, command)] };
    }
    case 'weights': {
      const versions = new Map([
        [candidate, rollout.version],
        [stable, incumbentOf(state, rollout)?.version],
      ]);
      for (const { name, version } of command.arms) {
        if (!versions.has(name)) return refused('UNKNOWN_ARM', name);
        if (version !== undefined && versions.get(name) !== version) return refused('UNKNOWN_VERSION', version);
      }
      if (command.shadows.length > 0) return refused('ROLLOUT_UNDER_WAY', command.shadows[0]);
      const weight = command.arms.find(({ name }) => name === candidate)?.weight ?? 0;
      const after = trafficAt(state, rollout, state.step, moment.now, weight);
      return { events: [changed(state, after, state.step, command)] };
    }
  }
}

function ofReleases(
  state: Deployment,
  traffic: Traffic,
  command: TrafficCommand,
  declared: RolloutDeclaration,
  moment: Moment,
): Decided {
  if (command.action === 'weights') return experiment(state, traffic, command, moment);
  if (!isExperiment(traffic)) return refused('NOTHING_UNDER_WAY');
  const chosen = command.action === 'abort' ? undefined : command.arm;
  const arm = chosen === undefined ? traffic.arms[0]! : traffic.arms.find(({ name }) => name === chosen);
  if (!arm) return refused('UNKNOWN_ARM', chosen ?? null);
  if (arm.version === state.serving) {
    const alone = divide([{ ...arm, name: 'stable', weight: 100 }], []);
    const after = { ...successor(traffic, moment.now), arms: alone, shadows: [] };
    const ended = changed(state, after, state.step, command);
    return { events: [ended, ...startWaiting(evolve(state, ended), declared, moment)] };
  }
  const release = state.releases.find(({ version }) => version === arm.version);
  if (!release) return refused('UNKNOWN_VERSION', arm.version);
  const { by, reason, requestId } = command;
  const candidate = { ...release, requestedBy: by, correlationId: null };
  // It was compared already, and goes out at once.
  const atOnce = { ...declared, strategy: 'all-at-once' as const };
  return { events: start(state, candidate, 'promotion', atOnce, moment, { reason, requestId }) };
}

const successor = (traffic: Traffic, now: number): Traffic => ({
  ...traffic,
  sequence: traffic.sequence + 1,
  changedAt: now,
});

/** Named arms of versions that have served, the serving one first. Keys keep their arms while only weights change. */
function experiment(
  state: Deployment,
  traffic: Traffic,
  command: TrafficCommand & { action: 'weights' },
  { now, rolloutId }: Moment,
): Decided {
  const releaseOf = (version: string): Release | undefined =>
    state.releases.find((release) => release.version === version);
  const wanted: WantedArm[] = [];
  for (const { name, version: asked, weight } of command.arms) {
    const version = asked ?? traffic.arms.find((arm) => arm.name === name)?.version;
    if (version === undefined) return refused('UNKNOWN_ARM', name);
    const release = releaseOf(version);
    if (!release) return refused('UNKNOWN_VERSION', version);
    wanted.push({ name, version, model: release.model, weight });
  }
  const shadows = command.shadows.map((version) => ({ version, model: releaseOf(version)?.model }));
  const unknown = shadows.find(({ model }) => model === undefined);
  if (unknown) return refused('UNKNOWN_VERSION', unknown.version);
  const versions = [...wanted, ...shadows].map(({ version }) => version);
  const repeated = versions.find((version, index) => versions.indexOf(version) < index);
  if (repeated) return refused('VERSION_REPEATED', repeated);
  const serving = wanted.findIndex(({ version }) => version === state.serving);
  if (serving < 0) return refused('SERVING_VERSION_MISSING', state.serving);
  wanted.unshift(...wanted.splice(serving, 1));
  const same = sameArms(wanted, traffic);
  const arms = divide(wanted, same ? traffic.arms : []);
  const experimentId = same ? traffic.experimentId : rolloutId;
  const after = { ...successor(traffic, now), experimentId, arms, shadows: shadows as Traffic['shadows'] };
  return { events: [changed(state, after, state.step, command)] };
}

const sameArms = (wanted: readonly WantedArm[], { arms }: Traffic): boolean =>
  wanted.length === arms.length &&
  wanted.every(({ name, version }) => arms.some((arm) => arm.name === name && arm.version === version));

function changed(
  { rollout }: Deployment,
  traffic: Traffic,
  step: number,
  { by, reason, requestId }: Asked,
): DeploymentEvent {
  const correlationId = rollout?.correlationId ?? null;
  return { type: 'traffic-changed', traffic, step, by, reason, findings: [], correlationId, requestId };
}
