import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TopicContract, topics } from '@perennial/contracts';
import { type OutgoingEvent, silentLogger, type Stamp, stampEvents } from '@perennial/messaging';
import { ensureTopics, type KafkaConfig, kafkaEnvironmentSchema, KafkaPublisher } from '@perennial/messaging-kafka';
import { connectDatabase, mongoEnvironmentSchema } from '@perennial/messaging-mongo';
import { type RunningService, type ServiceDefinition, startService } from '@perennial/service';
import type { Connection } from 'mongoose';
import { EventRecorder } from './event.recorder';
import { skipHistory, withRetryTopics } from './skip.history';

export interface TestOptions {
  /** Texts of pipeline.yaml files. */
  pipelines: readonly string[];
  /** Recorded from the start of the test. */
  record?: readonly (TopicContract | string)[];
  /** Topics that the service reads in bulk, in groups of their own. */
  batchTopics?: readonly TopicContract[];
  /** KAFKA_BROKERS and MONGO_URL are needed; what the service reads beside them. */
  env: Record<string, string | undefined>;
}

export interface ServiceUnderTest {
  url: string;
  /** A temporary folder of this test. */
  folder: string;
  /** The service's own database, dropped at the end. */
  database: Connection;
  recorder: EventRecorder;
  kafka: KafkaConfig;
  /** Publishes as another service would; `times` delivers the very same message again. */
  publish(event: OutgoingEvent, options?: { times?: number; correlationId?: string }): Promise<void>;
  /** Stops the service and starts it anew on the same database and consumer groups. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

function environmentOf(env: TestOptions['env'], folder: string): Record<string, string> {
  if (!env.KAFKA_BROKERS || !env.MONGO_URL) {
    throw new Error('KAFKA_BROKERS and MONGO_URL must name running servers');
  }
  const id = randomUUID().slice(0, 8);
  const own = {
    MONGO_DATABASE: `test-${id}`,
    GROUP_SUFFIX: `-${id}`,
    PIPELINES: folder,
    PORT: '0',
    LOG_LEVEL: 'silent',
  };
  return { ...own, ...env } as Record<string, string>;
}

/** Starts a service with a database, consumer groups and a temporary folder of its own; leaves nothing if it cannot. */
export async function startForTest<C>(
  definition: ServiceDefinition<C>,
  options: TestOptions,
): Promise<ServiceUnderTest> {
  const opened: (() => Promise<unknown>)[] = [];
  try {
    return await start(definition, options, opened);
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

/** The last first, and the rest also when one fails. */
async function closeAll(opened: readonly (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of opened.toReversed()) await close().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

async function start<C>(
  definition: ServiceDefinition<C>,
  options: TestOptions,
  opened: (() => Promise<unknown>)[],
): Promise<ServiceUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), `${definition.name}-`));
  opened.push(() => rm(folder, { recursive: true, force: true }));
  const env = environmentOf(options.env, folder);
  for (const [index, text] of options.pipelines.entries()) await writeFile(join(folder, `${index}.yaml`), text);
  const kafka = kafkaEnvironmentSchema.parse(env);
  const database = await connectDatabase(mongoEnvironmentSchema.parse(env), 'test');
  opened.push(() => database.dropDatabase().finally(() => database.close()));
  const publisher = new KafkaPublisher(kafka, silentLogger);
  opened.push(() => publisher.close());
  const recorder = new EventRecorder();
  opened.push(() => recorder.stop());
  await prepareTopics(definition.name, options, kafka, env);
  await recorder.start(kafka, options.record ?? []);
  let service: RunningService = await startService(definition, { env });
  opened.push(() => service.close());
  const stamp: Stamp = { source: '/test', clock: { now: () => new Date() }, newId: randomUUID };
  const test: ServiceUnderTest = {
    url: service.url,
    folder,
    database,
    recorder,
    kafka,
    publish: async (event, { times = 1, correlationId } = {}) => {
      const entries = stampEvents([event], { correlationId }, stamp);
      for (let i = 0; i < times; i++) await publisher.publish(entries);
    },
    restart: async () => {
      await service.close();
      service = await startService(definition, { env });
      test.url = service.url;
    },
    close: () => closeAll(opened),
  };
  return test;
}

/** The service's groups begin behind what other tests have left in the topics. */
async function prepareTopics(
  service: string,
  { batchTopics = [] }: TestOptions,
  kafka: KafkaConfig,
  env: Record<string, string>,
): Promise<void> {
  await ensureTopics(kafka, Object.values(topics), silentLogger);
  const group = `${service}${env.GROUP_SUFFIX}`;
  await Promise.all([
    skipHistory(kafka, group, withRetryTopics(Object.values(topics))),
    ...batchTopics.map((topic) => skipHistory(kafka, `${group}.${topic.name}`, withRetryTopics([topic]))),
  ]);
}
