import { topics, withCompanions } from '@perennial/contracts';
import { type Logger, silentLogger } from '@perennial/messaging';
import { KafkaPublisher } from '@perennial/messaging-kafka';
import type { Pipeline } from '@perennial/pipeline';
import { alertingService } from '@perennial/alerting';
import { deployerService } from '@perennial/deployer';
import { evaluatorService } from '@perennial/evaluator';
import { featureStoreService } from '@perennial/feature-store';
import { inferenceService } from '@perennial/inference';
import { ingestionService } from '@perennial/ingestion';
import { preprocessingService } from '@perennial/preprocessing';
import { registryService } from '@perennial/registry';
import type { ServiceDefinition } from '@perennial/service';
import { trainerService } from '@perennial/trainer';
import { BrokerLink } from '../broker/broker.link';
import { SimulatedBroker } from '../broker/simulated.broker';
import { simulatedKafka } from '../broker/simulated.kafka';
import { Approver } from '../clients/approver';
import { PageSink } from '../clients/page.sink';
import { Producer } from '../clients/producer';
import { SimulatedDatabase } from '../database';
import { ModelQuality } from '../doubles/model.quality';
import { PeerServices } from '../doubles/peer.services';
import { doublesOf } from '../doubles/service.doubles';
import { SimulatedFolder } from '../doubles/simulated.folder';
import { SimulatedObjects } from '../objects/simulated.objects';
import type { Scheduler } from '../scheduler/scheduler';
import { HttpNetwork, type HttpHandler } from './http.network';
import { type Pace, processesOf } from './scenario';
import { environments } from './service.environment';
import type { ServiceAssembly } from './service.assembly';
import { type Defects, kafkaConfig, startLife, stampOf } from './service.life';
import type { StoryPipeline } from './story';

export const definitions = {
  ingestion: ingestionService,
  preprocessing: preprocessingService,
  'feature-store': featureStoreService,
  evaluator: evaluatorService,
  trainer: trainerService,
  registry: registryService,
  deployer: deployerService,
  inference: inferenceService,
  alerting: alertingService,
} as unknown as Record<string, ServiceDefinition<never>>;

export interface InstallationOptions {
  scheduler: Scheduler;
  seed: number;
  story: readonly StoryPipeline[];
  pace: Pace;
  /** Processes by service. */
  replicas: Readonly<Record<string, number>>;
  dayMs: number;
  defects: Defects;
  logger?: (process: string) => Logger;
}

const FAILED_START_MS = 2_000;
const PARTITIONS = 2;

/** Every process of an installation, what they share, and who uses it. */
export class Installation {
  readonly broker: SimulatedBroker;
  readonly database: SimulatedDatabase;
  readonly objects: SimulatedObjects;
  readonly network: HttpNetwork;
  readonly sink: PageSink;
  producer: Producer | undefined;
  /** Of the living processes that have started. */
  readonly assemblies = new Map<string, ServiceAssembly>();
  private readonly folder = new SimulatedFolder();
  private readonly quality: ModelQuality;
  private readonly pipelines: ReadonlyMap<string, Pipeline>;

  constructor(private readonly options: InstallationOptions) {
    const { scheduler, seed, story } = options;
    this.broker = new SimulatedBroker(() => scheduler.now());
    this.database = new SimulatedDatabase(scheduler);
    this.objects = new SimulatedObjects(scheduler);
    this.network = new HttpNetwork(scheduler);
    this.sink = new PageSink(scheduler, seed);
    this.quality = new ModelQuality(story);
    this.pipelines = new Map(story.map(({ declared }) => [declared.name, declared]));
    for (const { name } of Object.values(topics).flatMap(withCompanions)) this.broker.createTopic(name, PARTITIONS);
  }

  /** Names of all service processes. */
  get processes(): string[] {
    return processesOf(this.options.replicas);
  }

  start(): void {
    for (const process of this.processes) this.startService(process);
    this.startProducer();
    const { scheduler, story } = this.options;
    scheduler.spawn('approver', () => {
      const approver = new Approver(this.network, story, scheduler.random, 'approver');
      void approver.run();
    });
  }

  startService(process: string): void {
    const { scheduler } = this.options;
    if (scheduler.isAlive(process)) return;
    this.assemblies.delete(process);
    scheduler.spawn(process, () => {
      this.live(process).catch((error: unknown) => {
        scheduler.note(`${process} could not start: ${String(error)}`);
        this.stopService(process, FAILED_START_MS);
      });
    });
  }

  /** The process dies, and comes back after so long. */
  stopService(process: string, downMs: number): void {
    const { scheduler } = this.options;
    scheduler.kill(process);
    this.comeBack(process, downMs);
  }

  comeBack(process: string, downMs: number): void {
    this.assemblies.delete(process);
    this.options.scheduler.outside(downMs, () => this.startService(process));
  }

  private async live(process: string): Promise<void> {
    const { scheduler, defects, pace, logger } = this.options;
    const service = process.replace(/-\d+$/, '');
    const definition = definitions[service];
    const owner = scheduler.current;
    if (!definition || !owner) throw new RangeError(`no service ${service}`);
    const objects = this.objects.of(process);
    const peers = new PeerServices(this.network, process);
    const doubles = { scheduler, epochMs: pace.epochMs, objects, peers, quality: this.quality, folder: this.folder };
    const assembly = await startLife({
      ...{ definition, scheduler, owner, objects, defects, pipelines: this.pipelines },
      broker: this.broker,
      database: this.database.connect(process),
      environment: environments(service, `${process}-${owner.life}`, pace),
      changes: doublesOf[service]?.(doubles) ?? {},
      logger: logger?.(process) ?? silentLogger,
    });
    this.assemblies.set(process, assembly);
    const handler = httpHandlers[service]?.(assembly);
    if (handler) this.network.listen(service, process, handler);
  }

  private startProducer(): void {
    const { scheduler, story, dayMs } = this.options;
    scheduler.spawn('producer', () => {
      const owner = scheduler.current;
      if (!owner) throw new RangeError('the producer is a process');
      const driver = simulatedKafka(new BrokerLink(this.broker, scheduler, owner));
      const publisher = new KafkaPublisher(kafkaConfig, silentLogger, driver);
      const stamp = stampOf('producer', { now: () => new Date() }, scheduler.random);
      this.producer = new Producer(story, { publisher, stamp, random: scheduler.random, dayMs });
      void this.producer.run();
    });
  }
}

type Controller = Record<string, (...parameters: unknown[]) => Promise<unknown>>;

/** What peers and people ask of a service, answered by its own controllers. */
const httpHandlers: Record<string, (assembly: ServiceAssembly) => HttpHandler> = {
  deployer: (assembly) => () => assembly.get<Controller>('DesiredController').all!(),
  preprocessing: (assembly) => (path) =>
    assembly.get<Controller>('PreprocessingController').fitted!(path.replace('metadata/', '')),
  'feature-store': (assembly) => async (path, body) => {
    const [, view, version] = path.split('/');
    const file = (await assembly.get<Controller>('ReadView').run!(view, Number(version), body)) as string;
    return assembly.get<{ bytes(path: string): Uint8Array }>('LocalBatchFiles').bytes(file);
  },
  registry: (assembly) => (path, body) => {
    const [, pipeline, action, version] = path.split('/');
    const models = assembly.get<Controller>('ModelsController');
    if (action === 'list') return models.list!(pipeline, {});
    return models[action as 'approve' | 'reject']!(pipeline, version, body);
  },
};
