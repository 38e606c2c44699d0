import type { RolloutTarget } from './rollout.target';

/** What a replica says about one pipeline. */
export interface ReplicaStatus {
  state: 'starting' | 'serving' | 'failed' | 'stopped';
  version: string | null;
  rolloutId: string | null;
  error: string | null;
}

export interface Failure {
  target: RolloutTarget;
  error: string;
}

/** While a newer version loads, the replica still says what it serves; a failure names the rollout it could not load. */
export function statusOf(serving: RolloutTarget | null, failure: Failure | null): ReplicaStatus {
  const version = serving?.version ?? null;
  if (failure) return { state: 'failed', version, rolloutId: failure.target.rolloutId, error: failure.error };
  if (serving) return { state: 'serving', version, rolloutId: serving.rolloutId, error: null };
  return { state: 'starting', version: null, rolloutId: null, error: null };
}
