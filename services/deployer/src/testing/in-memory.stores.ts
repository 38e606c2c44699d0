import { ConflictError, type Transaction } from '@perennial/messaging';
import { transactionOf } from '@perennial/messaging/testing';
import type {
  DeploymentStep,
  DeploymentStore,
  ObservationStore,
  ReplicaStore,
  StoredDeployment,
} from '../application/ports';
import { type Deployment, newDeployment } from '../domain/deployment';
import type { DeploymentEvent } from '../domain/deployment.events';
import { type Observation, observationKey } from '../domain/observation';
import { type Replica, replicaKey } from '../domain/replica';

export class InMemoryDeploymentStore implements DeploymentStore {
  private readonly stored = new Map<string, StoredDeployment>();
  readonly steps: DeploymentStep[] = [];

  async load(pipeline: string): Promise<StoredDeployment> {
    return this.stored.get(pipeline) ?? { deployment: newDeployment(pipeline), revision: 0 };
  }

  async all(): Promise<Deployment[]> {
    return [...this.stored.values()].map(({ deployment }) => deployment);
  }

  async save(
    { deployment, revision }: StoredDeployment,
    events: readonly DeploymentEvent[],
    at: Date,
    transaction: Transaction,
  ): Promise<void> {
    const { pipeline } = deployment;
    if ((await this.load(pipeline)).revision !== revision) throw new ConflictError(`${pipeline} was changed meanwhile`);
    transactionOf(transaction).onCommit(() => {
      this.stored.set(pipeline, { deployment, revision: revision + 1 });
      this.steps.push(...events.map((event) => ({ pipeline, at, type: event.type, event })));
    });
  }

  async history(pipeline: string, limit: number): Promise<DeploymentStep[]> {
    return this.steps
      .filter((step) => step.pipeline === pipeline)
      .reverse()
      .slice(0, limit);
  }
}

export class InMemoryReplicaStore implements ReplicaStore {
  writes = 0;
  private readonly replicas = new Map<string, Replica>();

  async known(keys: readonly string[]): Promise<Replica[]> {
    return keys.flatMap((key) => this.replicas.get(key) ?? []);
  }

  async save(replicas: readonly Replica[]): Promise<void> {
    this.writes += 1;
    for (const replica of replicas) this.replicas.set(replicaKey(replica), replica);
  }

  async of(pipeline: string): Promise<Replica[]> {
    return [...this.replicas.values()].filter((replica) => replica.pipeline === pipeline);
  }

  async all(): Promise<Replica[]> {
    return [...this.replicas.values()];
  }

  async forget(before: Date): Promise<void> {
    for (const [id, { reportedAt }] of this.replicas) if (reportedAt < before.getTime()) this.replicas.delete(id);
  }
}

export class InMemoryObservationStore implements ObservationStore {
  private readonly observations = new Map<string, Observation>();

  async known(keys: readonly string[]): Promise<Observation[]> {
    return keys.flatMap((key) => this.observations.get(key) ?? []);
  }

  async save(observations: readonly Observation[]): Promise<void> {
    for (const each of observations) this.observations.set(observationKey(each), each);
  }

  async of(pipeline: string, experimentId: string): Promise<Observation[]> {
    return [...this.observations.values()].filter(
      (each) => each.pipeline === pipeline && each.experimentId === experimentId,
    );
  }

  async forget(before: Date): Promise<void> {
    for (const [key, { at }] of this.observations) if (at < before.getTime()) this.observations.delete(key);
  }
}
