import type { TrafficTarget } from './rollout.target';
import { modelsOf } from './rollout.target';

/** What a replica says about one pipeline. */
export interface ReplicaStatus {
  state: 'starting' | 'serving' | 'failed' | 'stopped';
  /** Of the primary arm. */
  version: string | null;
  rolloutId: string | null;
  trafficSequence: number | null;
  /** Versions in memory. */
  loaded: string[];
  error: string | null;
}

export interface Failure {
  target: TrafficTarget;
  /** Which of its versions. */
  version: string;
  error: string;
}

/** While newer traffic is prepared, the replica still says what it serves; a failure names the rollout that it is of. */
export function statusOf(routed: TrafficTarget | null, failure: Failure | null): ReplicaStatus {
  const version = routed?.arms[0]?.version ?? null;
  const loaded = routed ? modelsOf(routed).map((model) => model.version) : [];
  const told = failure?.target ?? routed;
  const { rolloutId = null, sequence: trafficSequence = null } = told ?? {};
  const state = failure ? 'failed' : routed ? 'serving' : 'starting';
  return { state, version, rolloutId, trafficSequence, loaded, error: failure?.error ?? null };
}
