import type { Pipeline } from '@perennial/pipeline';
import type { Clock } from '@perennial/messaging';
import type { Deployment } from '../domain/deployment';
import { isExpected, type Replica } from '../domain/replica';
import { requireDeclared } from './advance.deployment';
import type { DeploymentStep, DeploymentStore, ReplicaStore } from './ports';

const HISTORY = 100;
const instant = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** The read side of deployments. */
export class ShowDeployments {
  constructor(
    private readonly pipelines: ReadonlyMap<string, Pipeline>,
    private readonly deployments: DeploymentStore,
    private readonly replicas: ReplicaStore,
    private readonly clock: Clock,
  ) {}

  async all() {
    return Promise.all([...this.pipelines.keys()].map((pipeline) => this.summary(pipeline)));
  }

  /** Throws UNKNOWN_PIPELINE. */
  async one(pipeline: string) {
    requireDeclared(this.pipelines, pipeline);
    const [summary, steps] = await Promise.all([this.summary(pipeline), this.deployments.history(pipeline, HISTORY)]);
    return { ...summary, history: steps.map(stepView) };
  }

  private async summary(pipeline: string) {
    const [{ deployment }, replicas] = await Promise.all([this.deployments.load(pipeline), this.replicas.of(pipeline)]);
    const now = this.clock.now().getTime();
    const alive = replicas.filter((replica) => isExpected(replica, now));
    return { ...deploymentView(deployment), replicas: alive.map(replicaView) };
  }
}

/** `desired` is what replicas follow: the newest rollout, whatever became of it. */
export function deploymentView({ pipeline, phase, rollout, serving, waiting, releases }: Deployment) {
  return {
    pipeline,
    phase,
    desired: rollout && {
      rolloutId: rollout.rolloutId,
      sequence: rollout.sequence,
      version: rollout.version,
      model: rollout.model,
      kind: rollout.kind,
      previous: rollout.previous,
      requestedBy: rollout.requestedBy,
      startedAt: instant(rollout.startedAt),
    },
    serving,
    waiting: waiting?.version ?? null,
    releases: releases.map(({ version }) => version),
  };
}

function replicaView({ replicaId, state, version, rolloutId, error, reportedAt }: Replica) {
  return { replicaId, state, version, rolloutId, error, reportedAt: instant(reportedAt) };
}

function stepView({ at, event }: DeploymentStep) {
  const time = at.toISOString();
  switch (event.type) {
    case 'approval-queued': {
      const { version, requestedBy } = event.candidate;
      return { at: time, type: event.type, version, requestedBy };
    }
    case 'approval-skipped':
      return { at: time, ...event };
    default: {
      const { rollout, ...rest } = event;
      const { rolloutId, sequence, version, kind, previous, requestedBy } = rollout;
      return { at: time, ...rest, rolloutId, sequence, version, kind, previous, requestedBy };
    }
  }
}
