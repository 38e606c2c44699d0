import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { kafkaEnvironmentSchema } from '@perennial/messaging-kafka';
import { mongoEnvironmentSchema } from '@perennial/messaging-mongo';
import { objectStoreConfig, objectStoreFromConfig } from '@perennial/object-store';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { accessConfigSchema } from './access/access.config';
import { platformAccess } from './access/access.table';
import { openAccess, type ServiceAccess } from './access/service.access';
import { baseConfigSchema } from './config/base.config';
import { loadPipelines } from './config/load-pipelines';
import { parseConfigs } from './config/parse-config';
import { connect, type Connections } from './connections';
import { KafkaStrategy } from './events/kafka.strategy';
import { createApplication, type Http } from './http/http.application';
import { HttpDrain } from './http/http.drain';
import { Readiness } from './http/readiness';
import { createLogger, type Logger } from './logger';
import { privilegesOf, topicsUsedBy } from './privileges';
import type { PlatformValues } from './platform.module';
import type { RunningService, ServiceDefinition } from './service-definition';
import { startTelemetry } from './telemetry';
import * as token from './tokens';
import { WatchedObjectStore } from './watched.object-store';

export interface StartOptions {
  env: Record<string, string | undefined>;
  logger?: Logger;
}

/**
 * Starts one service: HTTP, consumers and outbox relay. Resolves when it is ready to take work.
 * Throws ConfigError with every problem of the configuration.
 */
export async function startService<C>(
  definition: ServiceDefinition<C>,
  options: StartOptions,
): Promise<RunningService> {
  const { env } = options;
  const { name } = definition;
  const schemas = [baseConfigSchema, accessConfigSchema, kafkaEnvironmentSchema, mongoEnvironmentSchema] as const;
  const [base, who, kafka, mongo, objects, own] = parseConfigs(
    name,
    [...schemas, objectStoreConfig, definition.configSchema],
    env,
  );
  const pipelines = loadPipelines(base.PIPELINES, env);
  const logger = options.logger ?? createLogger(name, base.LOG_LEVEL);
  await startTelemetry(base.OTEL_SERVICE_NAME ?? name, base.OTEL_EXPORTER_OTLP_ENDPOINT);

  const metrics = new Registry();
  metrics.setDefaultLabels({ service: name });
  const access = openAccess(name, who, [...pipelines.keys()], metrics, logger);
  const stopDefaultMetrics = collectProcessMetrics(metrics);
  const group = `${name}${base.GROUP_SUFFIX}`;
  const topics = topicsUsedBy(definition);
  const groups = sharedGroups(definition, base.GROUP_SUFFIX);
  const connections = await connect({ service: name, group, groups, topics, kafka, mongo, metrics, logger });
  const { stamp } = connections;

  const store = new WatchedObjectStore(objectStoreFromConfig(objects, connections.database));
  const values: PlatformValues = new Map<symbol, unknown>([
    [token.SERVICE_NAME, name],
    [token.SERVICE_CONFIG, own],
    [token.LOGGER, logger],
    [token.METRICS, metrics],
    [token.PIPELINES, pipelines],
    [token.DATABASE, connections.database],
    [token.TRANSACTOR, connections.transactor],
    [token.LEASES, connections.leases],
    [token.OBJECT_STORE, store],
    [token.CLOCK, stamp.clock],
    [token.IDS, randomUUID],
    [token.ROUTER, connections.router],
    [token.REFUSALS, connections.refusals],
    [token.PUBLISHER, connections.publisher],
    [token.CONSUMER, connections.consumer],
    [token.PROGRESS, connections.progress],
    [token.STAMP, stamp],
    [token.SERVICE_ACCESS, access],
    [token.PEER_HEADERS, access.peerHeaders],
  ]);
  const drain = new HttpDrain();
  try {
    const http = { base, access, drain, table: { ...platformAccess(who.ACCESS_METRICS), ...definition.access } };
    const app = await createApplication(definition, values, http);
    addReadinessChecks(app.get(Readiness), connections, !definition.worksAlone);
    // Reported only: work that needs it waits, and all other work goes on.
    app.get(Readiness).add('object store', () => store.check(), { required: false });
    app.connectMicroservice({ strategy: new KafkaStrategy(connections.router, group) }, { inheritAppConfig: true });
    // Before the consumers: stores create their collections, and batch handlers subscribe, in onModuleInit.
    await app.init();
    await app.startAllMicroservices();
    await app.listen(base.PORT ?? 0, base.HOST);
    const url = await addressOf(app, access);
    const closing = () => closeInOrder(app, { connections, stopMetrics: stopDefaultMetrics, logger, ...http });
    logger.info({ url }, 'service is up');
    return { name, url, close: () => closeWithin(base.SHUTDOWN_TIMEOUT_MS, closing, logger) };
  } catch (error) {
    access.stop();
    await connections.close();
    throw error;
  }
}

/** Nest does not know of the certificate. */
async function addressOf(app: NestFastifyApplication, { tls }: ServiceAccess): Promise<string> {
  const url = await app.getUrl();
  return tls ? url.replace(/^http:/, 'https:') : url;
}

/** Those of one replica alone are never another installation's. */
function sharedGroups(definition: Pick<ServiceDefinition, 'name' | 'module' | 'needs'>, suffix: string): string[] {
  const { groups } = privilegesOf(definition, { suffix });
  return groups.flatMap(({ group, pattern }) => (pattern === 'literal' ? [group] : []));
}

function addReadinessChecks(readiness: Readiness, { database, router }: Connections, required: boolean): void {
  readiness.add('database', async () => void (await database.db?.admin().ping()), { required });
  readiness.add(
    'broker',
    () => {
      const waiting = router.states().filter(({ state }) => state !== 'running');
      if (waiting.length > 0) throw new Error(waiting.map(({ group, state }) => `${group} is ${state}`).join(', '));
    },
    { required },
  );
}

/** What has not ended by then is cut off; its work is taken up elsewhere or at the next start. */
async function closeWithin(limitMs: number, closing: () => Promise<void>, logger: Logger): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      logger.error({ limitMs }, 'service did not stop in time');
      resolve();
    }, limitMs);
  });
  await Promise.race([closing(), limit]);
  clearTimeout(timer);
}

interface Closing extends Http {
  readonly connections: Connections;
  readonly stopMetrics: () => void;
  readonly logger: Logger;
}

/** Clients go, no new work, then the running work, then what it left to publish, then the connections. */
async function closeInOrder(app: NestFastifyApplication, closing: Closing): Promise<void> {
  const { base, drain, access, connections, stopMetrics, logger } = closing;
  app.get(Readiness).stop();
  await drain.run(Math.min(base.SHUTDOWN_DRAIN_MS, base.SHUTDOWN_TIMEOUT_MS));
  await app.close();
  access.stop();
  await connections.close();
  stopMetrics();
  logger.info('service is down');
}

/** Process metrics belong to the process: with several services in one, the first to start reports them. */
let processMetricsTaken = false;
function collectProcessMetrics(register: Registry): () => void {
  if (processMetricsTaken) return () => {};
  processMetricsTaken = true;
  collectDefaultMetrics({ register });
  return () => {
    processMetricsTaken = false;
  };
}
