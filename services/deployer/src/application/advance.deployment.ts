import type { Clock, IdGenerator, Logger, Origin, OutgoingEvent, Transaction, Transactor } from '@perennial/messaging';
import type { Pipeline } from '@perennial/pipeline';
import { ServiceError } from '@perennial/service';
import type { Candidate, Deployment } from '../domain/deployment';
import {
  type Moment,
  onApproved,
  onReplicas,
  onRollback,
  type RollbackCommand,
  type RollbackRefusal,
} from '../domain/deployment.decider';
import { onTraffic, type TrafficCommand } from '../domain/traffic.decider';
import type { DeploymentEvent } from '../domain/deployment.events';
import { evolve } from '../domain/deployment.evolve';
import type { Observation } from '../domain/observation';
import type { Replica } from '../domain/replica';
import { isLast } from '../domain/rollout.traffic';
import { announce } from './announcement';
import type { DeploymentStore, ObservationStore, ReplicaStore, StoredDeployment } from './ports';
import { trafficRefusal } from './traffic.refusal';

export interface AdvanceDeploymentParts {
  pipelines: ReadonlyMap<string, Pipeline>;
  deployments: DeploymentStore;
  replicas: ReplicaStore;
  observations: ObservationStore;
  transactor: Transactor;
  clock: Clock;
  newId: IdGenerator;
  logger: Logger;
}

const REFUSALS: Record<RollbackRefusal, { status: number; rule: string }> = {
  NO_PREVIOUS_VERSION: { status: 409, rule: 'there is no earlier production version to go back to' },
  UNKNOWN_VERSION: { status: 404, rule: 'must be a version that has served before' },
  ALREADY_SERVING: { status: 409, rule: 'is the desired version already' },
};

/** Load, decide, save. Writers that meet on one pipeline are told apart by its revision; the later one starts over. */
export class AdvanceDeployment {
  constructor(private readonly parts: AdvanceDeploymentParts) {}

  /** Events of pipelines that are not declared here belong to another installation. */
  async approve(pipeline: string, candidate: Candidate, transaction: Transaction): Promise<OutgoingEvent[]> {
    const declared = this.parts.pipelines.get(pipeline);
    if (!declared) {
      this.parts.logger.debug({ pipeline, version: candidate.version }, 'An approval of an undeclared pipeline');
      return [];
    }
    const stored = await this.parts.deployments.load(pipeline, transaction);
    return this.save(stored, onApproved(stored.deployment, candidate, declared.rollout, this.moment()), transaction);
  }

  /** What the replicas say, or time alone decides: those that are late, or that have gone. `origin`: what told of it. */
  async tick(pipeline: string, origin: Origin = {}): Promise<void> {
    await this.consider((await this.parts.deployments.load(pipeline)).deployment, origin);
  }

  /** As `tick`, of a deployment that was just read. */
  async consider(deployment: Deployment, origin: Origin = {}): Promise<void> {
    const { pipeline } = deployment;
    if (deployment.phase !== 'rolling' && deployment.phase !== 'failed') return;
    const [reported, observed] = await this.seen(deployment);
    if (this.judged(deployment, reported, observed).length === 0) return;
    await this.parts.transactor.transact((transaction) => this.assess(pipeline, transaction), origin);
  }

  /** Throws UNKNOWN_PIPELINE and UNKNOWN_VERSION (404), NO_PREVIOUS_VERSION and ALREADY_SERVING (409). */
  async rollback(pipeline: string, command: RollbackCommand): Promise<Deployment> {
    const declared = requireDeclared(this.parts.pipelines, pipeline);
    let after: Deployment | undefined;
    await this.parts.transactor.transact(async (transaction) => {
      const stored = await this.parts.deployments.load(pipeline, transaction);
      const decided = onRollback(stored.deployment, command, declared.rollout, this.moment());
      if ('refused' in decided) throw refusal(pipeline, decided.refused, command, stored.deployment);
      after = decided.events.reduce<Deployment>(evolve, stored.deployment);
      return this.save(stored, decided.events, transaction);
    });
    return after as Deployment;
  }

  /** Throws UNKNOWN_PIPELINE and what refuses the command, see `TrafficRefusal`. */
  async traffic(pipeline: string, command: TrafficCommand): Promise<Deployment> {
    const declared = requireDeclared(this.parts.pipelines, pipeline);
    let after: Deployment | undefined;
    await this.parts.transactor.transact(async (transaction) => {
      const stored = await this.parts.deployments.load(pipeline, transaction);
      const decided = onTraffic(stored.deployment, command, declared.rollout, this.moment());
      if ('refused' in decided) throw trafficRefusal(pipeline, decided.refused, decided.value, stored.deployment);
      after = decided.events.reduce<Deployment>(evolve, stored.deployment);
      return this.save(stored, decided.events, transaction);
    });
    return after as Deployment;
  }

  private async assess(pipeline: string, transaction: Transaction): Promise<OutgoingEvent[]> {
    const stored = await this.parts.deployments.load(pipeline, transaction);
    if (!stored.deployment.rollout) return [];
    const [reported, observed] = await this.seen(stored.deployment, transaction);
    return this.save(stored, this.judged(stored.deployment, reported, observed), transaction);
  }

  /** What was observed matters while traffic is shared only. */
  private async seen(deployment: Deployment, transaction?: Transaction) {
    const { pipeline, traffic } = deployment;
    const reported = await this.parts.replicas.of(pipeline, transaction);
    if (!traffic || isLast(deployment)) return [reported, []] as const;
    return [reported, await this.parts.observations.of(pipeline, traffic.experimentId)] as const;
  }

  private judged(deployment: Deployment, reported: readonly Replica[], observed: readonly Observation[]) {
    const declared = this.parts.pipelines.get(deployment.pipeline);
    if (!declared) return [];
    return onReplicas(deployment, reported, observed, declared.rollout, this.moment());
  }

  private async save(stored: StoredDeployment, events: DeploymentEvent[], transaction: Transaction) {
    if (events.length === 0) return [];
    const deployment = events.reduce<Deployment>(evolve, stored.deployment);
    await this.parts.deployments.save({ ...stored, deployment }, events, this.parts.clock.now(), transaction);
    return events.flatMap((event) => announce(deployment.pipeline, event));
  }

  private moment(): Moment {
    return { now: this.parts.clock.now().getTime(), rolloutId: this.parts.newId() };
  }
}

/** Throws UNKNOWN_PIPELINE (404). */
export function requireDeclared(pipelines: ReadonlyMap<string, Pipeline>, pipeline: string): Pipeline {
  const declared = pipelines.get(pipeline);
  if (declared) return declared;
  const rule = `must be one of ${[...pipelines.keys()].join(', ')}`;
  const details = { field: 'pipeline', value: pipeline, rule };
  throw new ServiceError('UNKNOWN_PIPELINE', 404, `pipeline ${pipeline}: ${rule}`, details);
}

function refusal(pipeline: string, code: RollbackRefusal, { to }: RollbackCommand, state: Deployment): ServiceError {
  const { status, rule } = REFUSALS[code];
  const known = state.releases.map(({ version }) => version);
  const subject = to === undefined ? pipeline : `to ${to}`;
  return new ServiceError(code, status, `${subject}: ${rule}`, { field: 'to', value: to ?? null, rule, known });
}
