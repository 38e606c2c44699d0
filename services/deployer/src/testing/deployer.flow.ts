import { replicaReportedV2 } from '@perennial/contracts';
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
import type { Pipeline } from '@perennial/pipeline';
import { AdvanceDeployment } from '../application/advance.deployment';
import { HearReplicas } from '../application/hear.replicas';
import { ShowDeployments } from '../application/show.deployments';
import type { ReplicaReport } from '../domain/replica';
import { candidate, pipelineWith, START } from './deployment.examples';
import { InMemoryDeploymentStore, InMemoryObservationStore, InMemoryReplicaStore } from './in-memory.stores';

interface Told {
  version: string;
  arms: { version: string; weight: number }[];
  shadows: { version: string }[];
}

const nameOf = (headers: Record<string, string>): string | undefined => headers.ce_type?.split('.').at(-1);

/** The application over in-memory ports and a clock that stands until it is moved. `rollout`: as declared. */
export class DeployerFlow {
  constructor(rollout?: string) {
    this.pipelines.set('credit', pipelineWith(rollout));
  }

  private seconds = 0;
  private ids = 0;
  readonly clock = { now: () => new Date(START + this.seconds * 1000) };
  readonly deployments = new InMemoryDeploymentStore();
  readonly replicas = new InMemoryReplicaStore();
  readonly observations = new InMemoryObservationStore();
  readonly unitOfWork = new InMemoryUnitOfWork();
  private readonly newId = () => `id-${(this.ids += 1)}`;
  private readonly stamp = { source: 's', clock: this.clock, newId: this.newId };
  private readonly transactor = new Transactor(this.unitOfWork, this.stamp);
  private readonly pipelines = new Map<string, Pipeline>();
  readonly advance = new AdvanceDeployment({
    pipelines: this.pipelines,
    deployments: this.deployments,
    replicas: this.replicas,
    observations: this.observations,
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
  readonly show = new ShowDeployments(this.pipelines, this.deployments, this.replicas, this.observations, this.clock);

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
    const { rollout, traffic } = (await this.deployments.load('credit')).deployment;
    const { version = null, rolloutId = null } = rollout ?? {};
    const trafficSequence = traffic?.sequence ?? null;
    const basis = { replicaId: 'a', pipeline: 'credit', state: 'serving' as const, error: null, heartbeatSeconds: 30 };
    const at = new Date(this.clock.now().getTime() + clockOffMs).toISOString();
    const event = emit(replicaReportedV2, { ...basis, version, rolloutId, trafficSequence, ...changes, at });
    const [{ topic, key, value, headers }] = stampEvents([event], {}, this.stamp) as [OutboxEntry];
    const bytes = Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)] as const);
    const place = { topic, partition: 0, offset: String((this.offset += 1)), timestamp: 0 };
    return { ...place, key: Buffer.from(key), value: Buffer.from(value), headers: Object.fromEntries(bytes) };
  }

  async take(records: BrokerRecord[]): Promise<void> {
    await this.hear.run({ topic: replicaReportedV2.topic.name, partition: 0, records });
  }

  /** Names of the published events, in order, with the version; those of traffic are told by `traffic`. */
  published(): string[] {
    const others = this.unitOfWork.outbox.filter(({ headers }) => nameOf(headers) !== 'traffic-changed');
    return others.map(({ headers, value }) => `${nameOf(headers)} ${(JSON.parse(value) as Told).version}`);
  }

  /** What was published for replicas to route: versions with their percent, then those that look on. */
  traffic(): string[] {
    const changes = this.unitOfWork.outbox.filter(({ headers }) => nameOf(headers) === 'traffic-changed');
    return changes.map(({ value }) => {
      const { arms, shadows } = JSON.parse(value) as Told;
      const split = arms.map(({ version, weight }) => `${version}:${weight}`);
      return [...split, ...shadows.map(({ version }) => `(${version})`)].join(' ');
    });
  }
}
