import { events } from '@perennial/contracts';
import {
  type Clock,
  type Consumer,
  type EventEnvelope,
  type Handler,
  type HandlerContext,
  type Logger,
  noMetrics,
  type OutgoingEvent,
  Refusals,
  Router,
  sleep,
  type Stamp,
  Transactor,
  type UnitOfWork,
} from '@perennial/messaging';
import { KafkaConsumer, kafkaConfigSchema, KafkaDeadLetters, KafkaPublisher } from '@perennial/messaging-kafka';
import {
  DatabaseClock,
  ensureMessagingIndexes,
  LeaseStore,
  MongoUnitOfWork,
  OutboxRelay,
  type OutboxRelayOptions,
} from '@perennial/messaging-mongo';
import type { ObjectStore } from '@perennial/object-store';
import type { Pipeline } from '@perennial/pipeline';
import * as platform from '@perennial/service';
import type { Connection } from 'mongoose';
import { Registry } from 'prom-client';
import { BrokerLink } from '../broker/broker.link';
import type { SimulatedBroker } from '../broker/simulated.broker';
import { simulatedKafka } from '../broker/simulated.kafka';
import { uuidFrom } from '../scheduler/random.stream';
import type { Scheduler } from '../scheduler/scheduler';
import type { SimulatedProcess } from '../scheduler/simulated.process';
import { type AssemblyChanges, ServiceAssembly } from './service.assembly';

/** As on loopback: anybody may ask. */
const openToAll = { peerHeaders: () => ({}), stop: () => undefined };

export interface LifeOptions {
  definition: platform.ServiceDefinition<never>;
  /** The service's own variables, as text. */
  environment: Record<string, string>;
  pipelines: ReadonlyMap<string, Pipeline>;
  scheduler: Scheduler;
  owner: SimulatedProcess;
  broker: SimulatedBroker;
  database: Connection;
  objects: ObjectStore;
  changes: AssemblyChanges;
  defects: Defects;
  logger: Logger;
}

/** Parts of the platform that a test makes wrong on purpose. */
export interface Defects {
  unitOfWork?(real: UnitOfWork, database: Connection, service: string): UnitOfWork;
  relay?(real: OutboxRelay, options: OutboxRelayOptions): OutboxRelay;
  consumer?(real: Consumer): Consumer;
  /** What a service believes that was declared. */
  pipelines?(declared: ReadonlyMap<string, Pipeline>, service: string): ReadonlyMap<string, Pipeline>;
}

export const kafkaConfig = kafkaConfigSchema.parse({ brokers: ['simulated:9092'], clientId: 'simulation' });
const RELAY_POLL_MS = 8_000;

/** Ids from the seed. */
export const stampOf = (name: string, clock: Clock, random: () => number): Stamp => ({
  source: `/perennial/${name}`,
  clock,
  newId: () => uuidFrom(random),
});

/** What libs/service does when a service starts, on the simulated drivers. Resolves when it takes work. */
export async function startLife(options: LifeOptions): Promise<ServiceAssembly> {
  const { definition, scheduler, owner, broker, database, defects, logger } = options;
  const { name } = definition;
  const link = new BrokerLink(broker, scheduler, owner);
  const driver = simulatedKafka(link);
  const { random } = scheduler;
  await ensureMessagingIndexes(database, name);
  const clock = await DatabaseClock.start(database, logger);
  const stamp = stampOf(name, clock, random);
  const { newId } = stamp;
  const publisher = new KafkaPublisher(kafkaConfig, logger, driver);
  const leases = new LeaseStore(database, name);
  const relaying = {
    ...{ connection: database, service: name, publisher, leases, owner: newId(), clock, logger, sleep, random },
    pollMs: RELAY_POLL_MS,
  };
  const realRelay = new OutboxRelay(relaying);
  const relay = defects.relay?.(realRelay, relaying) ?? realRelay;
  const realUnitOfWork = new MongoUnitOfWork(database, name, clock, () => relay.nudge());
  const unitOfWork = defects.unitOfWork?.(realUnitOfWork, database, name) ?? realUnitOfWork;
  const realConsumer = new KafkaConsumer(kafkaConfig, logger, { random }, driver);
  const consumer = defects.consumer?.(realConsumer) ?? realConsumer;
  const deadLetters = new KafkaDeadLetters(publisher);
  const router = new Router({
    ...{ consumer, group: name, unitOfWork, deadLetters, knownTypes: events, logger, sleep, random },
    ...stamp,
  });
  const values = new Map<unknown, unknown>([
    [platform.SERVICE_NAME, name],
    [platform.SERVICE_CONFIG, definition.configSchema.parse(options.environment)],
    [platform.LOGGER, logger],
    [platform.METRICS, new Registry()],
    [platform.PIPELINES, defects.pipelines?.(options.pipelines, name) ?? options.pipelines],
    [platform.DATABASE, database],
    [platform.TRANSACTOR, new Transactor(unitOfWork, stamp)],
    [platform.LEASES, leases],
    [platform.OBJECT_STORE, options.objects],
    [platform.CLOCK, clock],
    [platform.IDS, newId],
    [platform.ROUTER, router],
    [platform.REFUSALS, (group: string) => new Refusals({ deadLetters, group, clock, metrics: noMetrics, logger })],
    [platform.PUBLISHER, publisher],
    [platform.CONSUMER, consumer],
    [platform.STAMP, stamp],
    [platform.SERVICE_ACCESS, openToAll],
    [platform.PEER_HEADERS, openToAll.peerHeaders],
    [platform.Readiness, new platform.Readiness()],
  ]);
  relay.start();
  const assembly = await ServiceAssembly.of(definition.module as never, values, options.changes);
  await assembly.hook('onModuleInit');
  await assembly.hook('onApplicationBootstrap');
  for (const { type, handle } of assembly.handlers()) {
    const contract = events.get(type);
    if (!contract) throw new RangeError(`no event contract has the type ${type}`);
    const handler: Handler = async (event: EventEnvelope, context: HandlerContext) =>
      ((await handle(event as never, context as never)) as OutgoingEvent[] | undefined) ?? [];
    router.subscribe(contract, handler);
  }
  await router.start();
  return assembly;
}
