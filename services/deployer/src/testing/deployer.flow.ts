import { silentLogger, Transactor } from '@perennial/messaging';
import { InMemoryUnitOfWork } from '@perennial/messaging/testing';
import { type Pipeline, parsePipeline } from '@perennial/pipeline';
import { AdvanceDeployment } from '../application/advance.deployment';
import { ShowDeployments } from '../application/show.deployments';
import type { ReplicaReport } from '../domain/replica';
import { candidate, START } from './deployment.examples';
import { InMemoryDeploymentStore, InMemoryReplicaStore } from './in-memory.stores';

const declaration = `
apiVersion: perennial/v1
kind: Pipeline
name: credit
dataset:
  recordId: id
  target: { column: y, positive: 1 }
  columns:
    - { name: id, type: string }
    - { name: age, type: integer }
    - { name: y, type: integer }
reference: { day: '2026-01-01' }
rollout: { timeoutSeconds: 60 }
`;

function declared(): Pipeline {
  const parsed = parsePipeline(declaration, { env: {} });
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.ok;
}

/** The application over in-memory ports and a clock that stands until it is moved. */
export class DeployerFlow {
  private seconds = 0;
  private ids = 0;
  readonly clock = { now: () => new Date(START + this.seconds * 1000) };
  readonly deployments = new InMemoryDeploymentStore();
  readonly replicas = new InMemoryReplicaStore();
  readonly unitOfWork = new InMemoryUnitOfWork();
  private readonly newId = () => `id-${(this.ids += 1)}`;
  private readonly transactor = new Transactor(this.unitOfWork, { source: 's', clock: this.clock, newId: this.newId });
  private readonly pipelines = new Map([['credit', declared()]]);
  readonly advance = new AdvanceDeployment({
    pipelines: this.pipelines,
    deployments: this.deployments,
    replicas: this.replicas,
    transactor: this.transactor,
    clock: this.clock,
    elapsed: () => this.seconds * 1000,
    newId: this.newId,
    logger: silentLogger,
  });
  readonly show = new ShowDeployments(this.pipelines, this.deployments, this.replicas, this.clock);

  pass(seconds: number): void {
    this.seconds += seconds;
  }

  async approve(version: string, pipeline = 'credit'): Promise<void> {
    await this.transactor.transact((transaction) => this.advance.approve(pipeline, candidate(version), transaction));
  }

  /** A replica reports about the desired rollout. */
  async report(changes: Partial<ReplicaReport> = {}): Promise<void> {
    const { rollout } = (await this.deployments.load('credit')).deployment;
    const { version = null, rolloutId = null } = rollout ?? {};
    const basis = { replicaId: 'a', pipeline: 'credit', state: 'serving' as const, error: null, heartbeatSeconds: 30 };
    const report = { ...basis, version, rolloutId, ...changes };
    await this.transactor.transact((transaction) =>
      this.advance.report(report, this.clock.now().getTime(), transaction),
    );
  }

  /** Names of the published events, in order, with the version. */
  published(): string[] {
    return this.unitOfWork.outbox.map(({ headers, value }) => {
      const { version } = JSON.parse(value) as { version: string };
      return `${headers.ce_type?.split('.').at(-1)} ${version}`;
    });
  }
}
