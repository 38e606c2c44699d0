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

/** Starts a service with a database, consumer groups and a temporary folder of its own. */
export async function startForTest<C>(
  definition: ServiceDefinition<C>,
  options: TestOptions,
): Promise<ServiceUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), `${definition.name}-`));
  const env = environmentOf(options.env, folder);
  for (const [index, text] of options.pipelines.entries()) await writeFile(join(folder, `${index}.yaml`), text);
  const kafka = kafkaEnvironmentSchema.parse(env);
  const publisher = new KafkaPublisher(kafka, silentLogger);
  const recorder = new EventRecorder();
  await ensureTopics(kafka, Object.values(topics), silentLogger);
  const group = `${definition.name}${env.GROUP_SUFFIX}`;
  await Promise.all([
    skipHistory(kafka, group, withRetryTopics(Object.values(topics))),
    ...(options.batchTopics ?? []).map((topic) =>
      skipHistory(kafka, `${group}.${topic.name}`, withRetryTopics([topic])),
    ),
  ]);
  await recorder.start(kafka, options.record ?? []);
  let service: RunningService = await startService(definition, { env });
  const database = await connectDatabase(mongoEnvironmentSchema.parse(env), 'test');
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
    close: async () => {
      await recorder.stop();
      await publisher.close();
      await service.close();
      await database.dropDatabase();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return test;
}
