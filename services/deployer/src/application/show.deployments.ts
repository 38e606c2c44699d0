import type { Pipeline } from '@perennial/pipeline';
import type { Clock } from '@perennial/messaging';
import { type Deployment, newDeployment, type Rollout } from '../domain/deployment';
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

  /** Two readings of the database, however many pipelines there are. */
  async all() {
    const [deployments, replicas] = await Promise.all([this.deployments.all(), this.replicas.all()]);
    const stored = new Map(deployments.map((deployment) => [deployment.pipeline, deployment]));
    return [...this.pipelines.keys()].map((pipeline) => {
      const own = replicas.filter((replica) => replica.pipeline === pipeline);
      return this.summary(stored.get(pipeline) ?? newDeployment(pipeline), own);
    });
  }

  /** What replicas shall serve, of every pipeline of which something was rolled out; they ask every few seconds. */
  async desired() {
    const deployments = await this.deployments.all();
    return deployments.flatMap(({ pipeline, rollout }) =>
      rollout && this.pipelines.has(pipeline) ? [{ pipeline, ...desiredView(rollout) }] : [],
    );
  }

  /** Throws UNKNOWN_PIPELINE. */
  async one(pipeline: string) {
    requireDeclared(this.pipelines, pipeline);
    const [{ deployment }, replicas, steps] = await Promise.all([
      this.deployments.load(pipeline),
      this.replicas.of(pipeline),
      this.deployments.history(pipeline, HISTORY),
    ]);
    return { ...this.summary(deployment, replicas), history: steps.map(stepView) };
  }

  private summary(deployment: Deployment, replicas: readonly Replica[]) {
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
    desired: rollout && desiredView(rollout),
    serving,
    waiting: waiting?.version ?? null,
    releases: releases.map(({ version }) => version),
  };
}

function desiredView({ rolloutId, sequence, version, model, kind, previous, requestedBy, startedAt }: Rollout) {
  return { rolloutId, sequence, version, model, kind, previous, requestedBy, startedAt: instant(startedAt) };
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
