import type { Pipeline } from '@perennial/pipeline';
import type { Clock } from '@perennial/messaging';
import { type Deployment, newDeployment, type Rollout } from '../domain/deployment';
import type { DeploymentEvent } from '../domain/deployment.events';
import { isExpected, type Replica } from '../domain/replica';
import type { Traffic } from '../domain/traffic';
import { requireDeclared } from './advance.deployment';
import type { DeploymentStep, DeploymentStore, ObservationStore, ReplicaStore } from './ports';
import { observedView } from './observed.view';

const HISTORY = 100;
const instant = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** The read side of deployments. */
export class ShowDeployments {
  constructor(
    private readonly pipelines: ReadonlyMap<string, Pipeline>,
    private readonly deployments: DeploymentStore,
    private readonly replicas: ReplicaStore,
    private readonly observations: ObservationStore,
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

  /** What replicas shall route, of every pipeline of which something was rolled out; they ask every few seconds. */
  async desired() {
    const deployments = await this.deployments.all();
    return deployments.flatMap(({ pipeline, rollout, traffic }) =>
      rollout && traffic && this.pipelines.has(pipeline)
        ? [{ pipeline, ...desiredView(rollout), traffic: routedView(traffic) }]
        : [],
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
    const { traffic } = deployment;
    const observed = traffic ? await this.observations.of(pipeline, traffic.experimentId) : [];
    return {
      ...this.summary(deployment, replicas),
      observed: observedView(deployment, observed),
      history: steps.map(stepView),
    };
  }

  private summary(deployment: Deployment, replicas: readonly Replica[]) {
    const now = this.clock.now().getTime();
    const alive = replicas.filter((replica) => isExpected(replica, now));
    return { ...deploymentView(deployment), replicas: alive.map(replicaView) };
  }
}

/** `desired` is the newest rollout, whatever became of it; `traffic` is what replicas follow. */
export function deploymentView({ pipeline, phase, rollout, serving, waiting, releases, traffic, step }: Deployment) {
  return {
    pipeline,
    phase,
    strategy: rollout?.plan.strategy ?? null,
    step: rollout && { current: Math.min(step, rollout.plan.steps.length), of: rollout.plan.steps.length },
    traffic: traffic && trafficView(traffic),
    desired: rollout && desiredView(rollout),
    serving,
    waiting: waiting?.version ?? null,
    releases: releases.map(({ version }) => version),
  };
}

function desiredView({ rolloutId, sequence, version, model, kind, previous, requestedBy, startedAt }: Rollout) {
  return { rolloutId, sequence, version, model, kind, previous, requestedBy, startedAt: instant(startedAt) };
}

/** For replicas: with everything that is needed to route. */
const routedView = ({ changedAt, ...traffic }: Traffic) => ({ ...traffic, changedAt: instant(changedAt) });

/** For people. */
function trafficView({ sequence, experimentId, arms, shadows, changedAt }: Traffic) {
  return {
    sequence,
    experimentId,
    arms: arms.map(({ name, version, weight }) => ({ name, version, weight })),
    shadows: shadows.map(({ version }) => version),
    changedAt: instant(changedAt),
  };
}

function replicaView({ replicaId, state, version, rolloutId, trafficSequence, error, reportedAt }: Replica) {
  return { replicaId, state, version, rolloutId, trafficSequence, error, reportedAt: instant(reportedAt) };
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
    case 'traffic-changed':
      return { at: time, ...changeView(event) };
    default: {
      const { rollout, ...rest } = event;
      const { rolloutId, sequence, version, kind, previous, requestedBy } = rollout;
      return { at: time, ...rest, rolloutId, sequence, version, kind, previous, requestedBy };
    }
  }
}

function changeView(change: DeploymentEvent & { type: 'traffic-changed' }) {
  const { type, traffic, by, reason, findings } = change;
  const { sequence, arms, shadows } = trafficView(traffic);
  return { type, sequence, arms, shadows, by, reason, findings };
}
