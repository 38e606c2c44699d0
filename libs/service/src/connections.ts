import { randomUUID } from 'node:crypto';
import { events, type TopicContract } from '@perennial/contracts';
import { instrumentPublisher, Refusals, Router, sleep, type Stamp, Transactor } from '@perennial/messaging';
import {
  ensureTopics,
  KafkaConsumer,
  KafkaDeadLetters,
  KafkaProgressReader,
  KafkaPublisher,
  type KafkaConfig,
  requireOwnGroups,
} from '@perennial/messaging-kafka';
import {
  connectDatabase,
  DatabaseClock,
  ensureMessagingIndexes,
  installationOf,
  LeaseStore,
  type MongoConfig,
  MongoUnitOfWork,
  OutboxRelay,
} from '@perennial/messaging-mongo';
import type { Connection } from 'mongoose';
import type { Registry } from 'prom-client';
import type { Logger } from './logger';
import { messagingMetrics } from './messaging-metrics';

export interface ConnectionOptions {
  service: string;
  /** Consumer group of the service's event handlers. */
  group: string;
  /** All groups that its replicas share. */
  groups: readonly string[];
  /** Created where they are missing. */
  topics: readonly TopicContract[];
  kafka: KafkaConfig;
  mongo: MongoConfig;
  metrics: Registry;
  logger: Logger;
}

export type Connections = Awaited<ReturnType<typeof connect>>;

/** Opens the database and the broker, creates missing topics and wires the messaging of one service. */
export async function connect(options: ConnectionOptions) {
  const { service, group, topics, kafka, mongo, metrics, logger } = options;
  await ensureTopics(kafka, topics, logger);
  const database = await connectDatabase(mongo, `perennial-${service}`);
  await ensureMessagingIndexes(database, service);
  const installation = await ownInstallation(database, options);
  const clock = await DatabaseClock.start(database, logger);
  const stamp: Stamp = { source: `/perennial/${service}`, clock, newId: randomUUID };
  const instruments = messagingMetrics(metrics);
  const kafkaPublisher = new KafkaPublisher(kafka, logger);
  const seconds = () => performance.now() / 1000;
  const publisher = instrumentPublisher(kafkaPublisher, { metrics: instruments, seconds });
  const leases = new LeaseStore(database, service);
  const common = { logger, sleep, random: Math.random };
  const relay = new OutboxRelay({
    connection: database,
    service,
    publisher,
    leases,
    owner: randomUUID(),
    clock,
    ...common,
  });
  const unitOfWork = new MongoUnitOfWork(database, service, clock, () => relay.nudge());
  const consumer = new KafkaConsumer(kafka, logger, { installation });
  const deadLetters = new KafkaDeadLetters(publisher);
  const router = new Router({
    consumer,
    group,
    unitOfWork,
    deadLetters,
    knownTypes: events,
    metrics: instruments,
    ...common,
    ...stamp,
  });
  const progress = new KafkaProgressReader(kafka, logger);
  relay.start();
  return {
    database,
    publisher,
    consumer,
    progress,
    router,
    leases,
    stamp,
    refusals: (ofGroup: string) => new Refusals({ deadLetters, group: ofGroup, clock, metrics: instruments, logger }),
    transactor: new Transactor(unitOfWork, stamp),
    /** After the router has stopped. What still waits in the outbox is published by another replica or the next start. */
    close: async () => {
      await relay
        .publishWaiting()
        .catch((error: unknown) => logger.warn({ err: error }, 'events wait for the next start'));
      await relay.stop();
      await progress.close();
      await kafkaPublisher.close();
      clock.stop();
      await database.close();
    },
  };
}

/** Throws FOREIGN_INSTALLATION where another one, with another database, is in the service's consumer groups. */
async function ownInstallation(database: Connection, options: ConnectionOptions): Promise<string> {
  const { service, groups, kafka, logger } = options;
  try {
    const installation = await installationOf(database, service, randomUUID);
    await requireOwnGroups(kafka, groups, installation, logger);
    return installation;
  } catch (error) {
    await database.close();
    throw error;
  }
}
