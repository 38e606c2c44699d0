import type { Rollout } from './deployment';
import { isExpected, type Replica } from './replica';
import type { Traffic } from './traffic';

export type Assessment =
  | { verdict: 'waiting' }
  | { verdict: 'reached'; replicas: string[] }
  | { verdict: 'failed'; replicas: string[]; reason: string };

const ids = (replicas: readonly Replica[]): string[] => replicas.map(({ replicaId }) => replicaId).sort();

/** A replica that tells no sequence knows of one version only. */
function routes({ state, rolloutId, version, trafficSequence }: Replica, { sequence, arms, ...traffic }: Traffic) {
  if (state !== 'serving' || rolloutId !== traffic.rolloutId || version !== arms[0]?.version) return false;
  return trafficSequence === null ? arms.length + traffic.shadows.length === 1 : trafficSequence === sequence;
}

/**
 * Whether replicas route what they shall. Without any expected replica that is waited for: there is nobody to serve,
 * and nobody who failed to. `timeoutMs` counts from the change, or from when the replica joined.
 */
export function assess(
  { version }: Pick<Rollout, 'version'>,
  traffic: Traffic,
  replicas: readonly Replica[],
  now: number,
  timeoutMs: number,
): Assessment {
  const expected = replicas.filter((replica) => isExpected(replica, now));
  const refused = expected.filter(({ state, rolloutId }) => state === 'failed' && rolloutId === traffic.rolloutId);
  if (refused.length > 0) return { verdict: 'failed', replicas: ids(refused), reason: refusal(refused) };
  if (expected.length > 0 && expected.every((replica) => routes(replica, traffic))) {
    return { verdict: 'reached', replicas: ids(expected) };
  }
  const late = expected.filter(
    (replica) => !routes(replica, traffic) && now - Math.max(traffic.changedAt, replica.aliveSince) >= timeoutMs,
  );
  if (late.length === 0) return { verdict: 'waiting' };
  const reason = `${ids(late).join(', ')} did not serve version ${version} within ${timeoutMs / 1000} s`;
  return { verdict: 'failed', replicas: ids(late), reason };
}

const refusal = (refused: readonly Replica[]): string =>
  refused.map(({ replicaId, error }) => `${replicaId}: ${error ?? 'no reason given'}`).join('; ');
