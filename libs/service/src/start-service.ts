import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { platformAccess } from './access/access.table';
import type { ServiceAccess } from './access/service.access';
import type { Connections } from './connections';
import { KafkaStrategy } from './events/kafka.strategy';
import { createApplication } from './http/http.application';
import { HttpDrain } from './http/http.drain';
import { Readiness } from './http/readiness';
import type { Logger } from './logger';
import { type OpenPlatform, openPlatform, type StartOptions } from './open-platform';
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
  const { base, who, access, logger, connections, store, values } = platform;
  const drain = new HttpDrain();
  try {
    const table = { ...platformAccess(who.ACCESS_METRICS), ...definition.access };
    const app = await createApplication(definition, values, { base, access, drain, table });
    addReadinessChecks(app.get(Readiness), connections, !definition.worksAlone);
    // Reported only: work that needs it waits, and all other work goes on.
    app.get(Readiness).add('object store', () => store.check(), { required: false });
    const group = `${name}${base.GROUP_SUFFIX}`;
    app.connectMicroservice({ strategy: new KafkaStrategy(connections.router, group) }, { inheritAppConfig: true });
    // Before the consumers: stores create their collections, and batch handlers subscribe, in onModuleInit.
    await app.init();
    await app.startAllMicroservices();
    await app.listen(base.PORT ?? 0, base.HOST);
    const url = await addressOf(app, access);
    const closing = () => closeInOrder(app, drain, platform);
    logger.info({ url }, 'service is up');
    return { name, url, close: () => closeWithin(base.SHUTDOWN_TIMEOUT_MS, closing, logger) };
  } catch (error) {
    await platform.close();
    throw error;
  }
}

/** Nest does not know of the certificate. */
async function addressOf(app: NestFastifyApplication, { tls }: ServiceAccess): Promise<string> {
  const url = await app.getUrl();
  return tls ? url.replace(/^http:/, 'https:') : url;
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

/** Clients go, no new work, then the running work, then what it left to publish, then the connections. */
async function closeInOrder(app: NestFastifyApplication, drain: HttpDrain, platform: OpenPlatform): Promise<void> {
  const { base, logger } = platform;
  app.get(Readiness).stop();
  await drain.run(Math.min(base.SHUTDOWN_DRAIN_MS, base.SHUTDOWN_TIMEOUT_MS));
  await app.close();
  await platform.close();
  logger.info('service is down');
}
