import { replicaReportedV1 } from '@perennial/contracts';
import {
  type BrokerRecord,
  type DeadLetter,
  emit,
  noMetrics,
  type OutboxEntry,
  Refusals,
  silentLogger,
  stampEvents,
  Transactor,
} from '@perennial/messaging';
import { InMemoryUnitOfWork } from '@perennial/messaging/testing';
import { type Pipeline, parsePipeline } from '@perennial/pipeline';
import { AdvanceDeployment } from '../application/advance.deployment';
import { HearReplicas } from '../application/hear.replicas';
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
  private readonly stamp = { source: 's', clock: this.clock, newId: this.newId };
  private readonly transactor = new Transactor(this.unitOfWork, this.stamp);
  private readonly pipelines = new Map([['credit', declared()]]);
  readonly advance = new AdvanceDeployment({
    pipelines: this.pipelines,
    deployments: this.deployments,
    replicas: this.replicas,
    transactor: this.transactor,
    clock: this.clock,
    newId: this.newId,
    logger: silentLogger,
  });
  readonly deadLetters: DeadLetter[] = [];
  readonly hear = new HearReplicas({
    declared: this.pipelines,
    replicas: this.replicas,
    advance: this.advance,
    refusals: new Refusals({
      deadLetters: { add: async (letter) => void this.deadLetters.push(letter) },
      group: 'deployer.replicas',
      clock: this.clock,
      metrics: noMetrics,
      logger: silentLogger,
    }),
    clock: this.clock,
    elapsed: () => this.seconds * 1000,
    logger: silentLogger,
  });
  private offset = 0;
  readonly show = new ShowDeployments(this.pipelines, this.deployments, this.replicas, this.clock);

  pass(seconds: number): void {
    this.seconds += seconds;
  }

  async approve(version: string, pipeline = 'credit'): Promise<void> {
    await this.transactor.transact((transaction) => this.advance.approve(pipeline, candidate(version), transaction));
  }

  /** A replica reports about the desired rollout, and is heard at once. */
  async report(changes: Partial<ReplicaReport> = {}, clockOffMs = 0): Promise<void> {
    await this.take([await this.said(changes, clockOffMs)]);
  }

  /** The record of a report said now, by a clock that is so far off. */
  async said(changes: Partial<ReplicaReport> = {}, clockOffMs = 0): Promise<BrokerRecord> {
    const { rollout } = (await this.deployments.load('credit')).deployment;
    const { version = null, rolloutId = null } = rollout ?? {};
    const basis = { replicaId: 'a', pipeline: 'credit', state: 'serving' as const, error: null, heartbeatSeconds: 30 };
    const at = new Date(this.clock.now().getTime() + clockOffMs).toISOString();
    const event = emit(replicaReportedV1, { ...basis, version, rolloutId, ...changes, at });
    const [{ topic, key, value, headers }] = stampEvents([event], {}, this.stamp) as [OutboxEntry];
    const bytes = Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)] as const);
    const place = { topic, partition: 0, offset: String((this.offset += 1)), timestamp: 0 };
    return { ...place, key: Buffer.from(key), value: Buffer.from(value), headers: Object.fromEntries(bytes) };
  }

  async take(records: BrokerRecord[]): Promise<void> {
    await this.hear.run({ topic: replicaReportedV1.topic.name, partition: 0, records });
  }

  /** Names of the published events, in order, with the version. */
  published(): string[] {
    return this.unitOfWork.outbox.map(({ headers, value }) => {
      const { version } = JSON.parse(value) as { version: string };
      return `${headers.ce_type?.split('.').at(-1)} ${version}`;
    });
  }
}
