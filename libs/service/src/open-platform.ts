import { randomUUID } from 'node:crypto';
import { kafkaEnvironmentSchema } from '@perennial/messaging-kafka';
import { mongoEnvironmentSchema } from '@perennial/messaging-mongo';
import { objectStoreConfig, objectStoreFromConfig } from '@perennial/object-store';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { accessConfigSchema, type AccessConfig } from './access/access.config';
import { openAccess, type ServiceAccess } from './access/service.access';
import { baseConfigSchema, type BaseConfig } from './config/base.config';
import { loadPipelines } from './config/load-pipelines';
import { parseConfigs } from './config/parse-config';
import { connect, type Connections } from './connections';
import { createLogger, type Logger } from './logger';
import type { PlatformValues } from './platform.module';
import { privilegesOf, topicsUsedBy } from './privileges';
import type { ServiceDefinition } from './service-definition';
import { startTelemetry } from './telemetry';
import * as token from './tokens';
import { WatchedObjectStore } from './watched.object-store';

export interface StartOptions {
  env: Record<string, string | undefined>;
  logger?: Logger;
}

/** What a module needs around it, opened. */
export interface OpenPlatform {
  base: BaseConfig;
  who: AccessConfig;
  access: ServiceAccess;
  logger: Logger;
  connections: Connections;
  store: WatchedObjectStore;
  values: PlatformValues;
  /** Publishes what is waiting and closes the connections. */
  close(): Promise<void>;
}

/** Throws ConfigError with every problem of the configuration. */
export async function openPlatform<C>(
  definition: ServiceDefinition<C>,
  { env, logger: given }: StartOptions,
): Promise<OpenPlatform> {
  const { name } = definition;
  const schemas = [baseConfigSchema, accessConfigSchema, kafkaEnvironmentSchema, mongoEnvironmentSchema] as const;
  const [base, who, kafka, mongo, objects, own] = parseConfigs(
    name,
    [...schemas, objectStoreConfig, definition.configSchema],
    env,
  );
  const pipelines = loadPipelines(base.PIPELINES, env);
  const logger = given ?? createLogger(name, base.LOG_LEVEL);
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
  const close = async () => {
    access.stop();
    await connections.close();
    stopDefaultMetrics();
  };
  return { base, who, access, logger, connections, store, values, close };
}

/** Those of one replica alone are never another installation's. */
function sharedGroups(definition: Pick<ServiceDefinition, 'name' | 'module' | 'needs'>, suffix: string): string[] {
  const { groups } = privilegesOf(definition, { suffix });
  return groups.flatMap(({ group, pattern }) => (pattern === 'literal' ? [group] : []));
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
