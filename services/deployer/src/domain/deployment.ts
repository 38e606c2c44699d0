import type { ModelReference } from '@perennial/contracts';
import type { Plan } from './rollout.plan';
import type { Traffic } from './traffic';

export type RolloutKind = 'promotion' | 'rollback';

/** A registered version that may serve. */
export interface Release {
  version: string;
  model: ModelReference;
  cycleId: string | null;
}

/** A release together with who wants it out. */
export interface Candidate extends Release {
  requestedBy: string;
  /** Ties everything that follows to what asked for it. */
  correlationId: string | null;
}

export interface Rollout extends Candidate {
  rolloutId: string;
  /** Grows by one with every rollout of the pipeline; replicas follow the highest. */
  sequence: number;
  kind: RolloutKind;
  /** Version that served before; null for the first. */
  previous: string | null;
  /** Milliseconds since 1970. */
  startedAt: number;
  plan: Plan;
}

/**
 * `rolling`: replicas are being waited for. `completed`: all of them served it. `failed`: one could not, and there
 * was nothing to go back to; it stays desired and completes once every replica serves it after all.
 */
export type Phase = 'idle' | 'rolling' | 'completed' | 'failed';

/** The rollouts of one pipeline, one at a time, and the traffic that they shape. */
export interface Deployment {
  pipeline: string;
  sequence: number;
  /** The newest rollout: what replicas shall serve in the end. */
  rollout: Rollout | null;
  phase: Phase;
  /** Approved while a rollout was running; a newer approval takes its place. */
  waiting: Candidate | null;
  /** Versions that have served, each once, in the order of their first completion. */
  releases: Release[];
  /** Version of the last completed rollout. */
  serving: string | null;
  /** What replicas shall route. */
  traffic: Traffic | null;
  /** Which step of the rollout's plan that is; behind the last one all traffic goes to its version. */
  step: number;
  /** Requests of people that have been answered, newest last. */
  requests: { requestId: string; rolloutId: string }[];
}

export const newDeployment = (pipeline: string): Deployment => ({
  pipeline,
  sequence: 0,
  rollout: null,
  phase: 'idle',
  waiting: null,
  releases: [],
  serving: null,
  traffic: null,
  step: 0,
  requests: [],
});
