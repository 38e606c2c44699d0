import type { Rollout } from './deployment';
import { isExpected, type Replica } from './replica';

export type Assessment =
  | { verdict: 'waiting' }
  | { verdict: 'completed'; replicas: string[] }
  | { verdict: 'failed'; replicas: string[]; reason: string };

const ids = (replicas: readonly Replica[]): string[] => replicas.map(({ replicaId }) => replicaId).sort();

const serves = ({ state, rolloutId, version }: Replica, rollout: Rollout): boolean =>
  state === 'serving' && rolloutId === rollout.rolloutId && version === rollout.version;

/**
 * Where a rollout stands. Without any expected replica it waits: there is nobody to serve, and nobody who failed to.
 * `timeoutMs` counts from the start of the rollout, or from when the replica joined.
 */
export function assess(rollout: Rollout, replicas: readonly Replica[], now: number, timeoutMs: number): Assessment {
  const expected = replicas.filter((replica) => isExpected(replica, now));
  const refused = expected.filter(({ state, rolloutId }) => state === 'failed' && rolloutId === rollout.rolloutId);
  if (refused.length > 0) return { verdict: 'failed', replicas: ids(refused), reason: refusal(refused) };
  if (expected.length > 0 && expected.every((replica) => serves(replica, rollout))) {
    return { verdict: 'completed', replicas: ids(expected) };
  }
  const late = expected.filter(
    (replica) => !serves(replica, rollout) && now - Math.max(rollout.startedAt, replica.aliveSince) >= timeoutMs,
  );
  if (late.length === 0) return { verdict: 'waiting' };
  const reason = `${ids(late).join(', ')} did not serve version ${rollout.version} within ${timeoutMs / 1000} s`;
  return { verdict: 'failed', replicas: ids(late), reason };
}

const refusal = (refused: readonly Replica[]): string =>
  refused.map(({ replicaId, error }) => `${replicaId}: ${error ?? 'no reason given'}`).join('; ');
