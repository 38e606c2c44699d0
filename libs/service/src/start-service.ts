import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { BaseConfig } from './config/base.config';
import type { Connections } from './connections';
import { KafkaStrategy } from './events/kafka.strategy';
import { answerWhileReceiving } from './http/early.answer';
import { Readiness } from './http/readiness';
import { NestLogger, type Logger } from './logger';
import { type OpenPlatform, openPlatform, type StartOptions } from './open-platform';
import { PlatformModule, type PlatformValues } from './platform.module';
import type { RunningService, ServiceDefinition } from './service-definition';

/**
 * Starts one service: HTTP, consumers and outbox relay. Resolves when it is ready to take work.
 * Throws ConfigError with every problem of the configuration.
 */
export async function startService<C>(
  definition: ServiceDefinition<C>,
  options: StartOptions,
): Promise<RunningService> {
  const { name } = definition;
  const platform = await openPlatform(definition, options);
  const { base, logger, connections, store, values } = platform;
  try {
    const app = await createApplication(definition, values, base, logger);
    addReadinessChecks(app.get(Readiness), connections, !definition.worksAlone);
    // Reported only: work that needs it waits, and all other work goes on.
    app.get(Readiness).add('object store', () => store.check(), { required: false });
    const group = `${name}${base.GROUP_SUFFIX}`;
    app.connectMicroservice({ strategy: new KafkaStrategy(connections.router, group) }, { inheritAppConfig: true });
    // Before the consumers: stores create their collections, and batch handlers subscribe, in onModuleInit.
    await app.init();
    await app.startAllMicroservices();
    await app.listen(base.PORT ?? 0, base.HOST);
    const url = await app.getUrl();
    const closing = () => closeInOrder(app, platform);
    logger.info({ url }, 'service is up');
    return { name, url, close: () => closeWithin(base.SHUTDOWN_TIMEOUT_MS, closing, logger) };
  } catch (error) {
    await platform.close();
    throw error;
  }
}

async function createApplication<C>(
  definition: ServiceDefinition<C>,
  values: PlatformValues,
  base: BaseConfig,
  logger: Logger,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: base.HTTP_BODY_LIMIT_BYTES,
    forceCloseConnections: 'idle',
    // Ids in paths, such as alert ids, may be longer than Fastify's default of 100 characters.
    routerOptions: { maxParamLength: 512 },
  });
  const app = await NestFactory.create<NestFastifyApplication>(PlatformModule.of(definition.module, values), adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  answerWhileReceiving(adapter.getInstance());
  definition.configureHttp?.(adapter.getInstance());
  return app;
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

/** No new work, then the running work, then what it left to publish, then the connections. */
async function closeInOrder(app: NestFastifyApplication, { close, logger }: OpenPlatform) {
  app.get(Readiness).stop();
  await app.close();
  await close();
  logger.info('service is down');
}
