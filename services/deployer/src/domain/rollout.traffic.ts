import type { Deployment, Release, Rollout } from './deployment';
import { divide, type Traffic, type WantedArm } from './traffic';

const armOf = ({ version, model }: Pick<Release, 'version' | 'model'>, name: string, weight: number): WantedArm => ({
  name,
  version,
  model,
  weight,
});

/** The version that has served until the rollout; null where there was none, or it is the same. */
export function incumbentOf({ releases }: Pick<Deployment, 'releases'>, { previous, version }: Rollout) {
  if (previous === null || previous === version) return null;
  return releases.find((release) => release.version === previous) ?? null;
}

/** Whether all traffic goes to the version of the rollout already, or shall next. */
export const isLast = ({ rollout, step }: Pick<Deployment, 'rollout' | 'step'>): boolean =>
  step >= (rollout?.plan.steps.length ?? 0);

/**
 * The traffic of a step, or of the end. `weight`: of the new version, where not the step's. Whoever gets all of it is
 * the primary.
 */
export function trafficAt(
  state: Deployment,
  rollout: Rollout,
  step: number,
  now: number,
  weight = rollout.plan.steps[step]?.weight ?? 100,
): Traffic {
  const { rolloutId, cycleId, plan } = rollout;
  const { stable, candidate } = plan.names;
  const declared = plan.steps[step];
  const incumbent = incumbentOf(state, rollout);
  const before = state.traffic?.experimentId === rolloutId ? state.traffic.arms : [];
  const shared = { sequence: (state.traffic?.sequence ?? 0) + 1, rolloutId, cycleId, changedAt: now };
  const common = { ...shared, experimentId: rolloutId };
  if (!declared || !incumbent) {
    return { ...common, arms: divide([armOf(rollout, 'stable', 100)], []), shadows: [] };
  }
  if (declared.shadow && weight === 0) {
    const { version, model } = rollout;
    return { ...common, arms: divide([armOf(incumbent, stable, 100)], before), shadows: [{ version, model }] };
  }
  const arms = [armOf(incumbent, stable, 100 - weight), armOf(rollout, candidate, weight)];
  return { ...common, arms: divide(weight === 100 ? arms.reverse() : arms, before), shadows: [] };
}
