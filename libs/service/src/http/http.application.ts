import type { RequestListener } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AccessTable } from '../access/access.table';
import { guardHttp } from '../access/http.access';
import type { ServiceAccess } from '../access/service.access';
import type { BaseConfig } from '../config/base.config';
import { NestLogger, type Logger } from '../logger';
import { PlatformModule, type PlatformValues } from '../platform.module';
import type { ServiceDefinition } from '../service-definition';
import * as token from '../tokens';
import { DirectRoutes } from './direct.routes';
import { answerWhileReceiving } from './early.answer';
import type { HttpDrain } from './http.drain';
import { createServer } from './http.limits';

/** How the HTTP server of a service is made and closed. */
export interface Http {
  readonly base: BaseConfig;
  readonly access: ServiceAccess;
  readonly drain: HttpDrain;
  readonly table: AccessTable;
}

function httpAdapter({ base, access, drain }: Http, direct: DirectRoutes): FastifyAdapter {
  const limits = {
    headersTimeoutMs: base.HTTP_HEADERS_TIMEOUT_MS,
    requestTimeoutMs: base.HTTP_REQUEST_TIMEOUT_MS,
    keepAliveTimeoutMs: base.HTTP_KEEP_ALIVE_TIMEOUT_MS,
    maxConnections: base.HTTP_MAX_CONNECTIONS,
  };
  return new FastifyAdapter({
    bodyLimit: base.HTTP_BODY_LIMIT_BYTES,
    forceCloseConnections: 'idle',
    // What was accepted is answered, also while the server closes.
    return503OnClosing: false,
    // No service has middleware, which two hooks of every request would look for.
    skipMiddie: true,
    // Ids in paths, such as alert ids, may be longer than Fastify's default of 100 characters.
    routerOptions: { maxParamLength: 512 },
    serverFactory: (listener: RequestListener) => {
      const server = createServer(direct.before(listener), limits, access.tls);
      drain.watch(server);
      return server;
    },
  });
}

/** The application of a service, with its HTTP server; routes are registered when it is initialised. */
export async function createApplication<C>(
  definition: ServiceDefinition<C>,
  values: PlatformValues,
  http: Http,
): Promise<NestFastifyApplication> {
  const { base, access, table } = http;
  const logger = values.get(token.LOGGER) as Logger;
  const direct = new DirectRoutes({ bodyLimit: base.HTTP_BODY_LIMIT_BYTES, guard: access.guard, logger });
  const adapter = httpAdapter(http, direct);
  const app = await NestFactory.create<NestFastifyApplication>(PlatformModule.of(definition.module, values), adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  const server = adapter.getInstance();
  answerWhileReceiving(server);
  if (access.guard) guardHttp(server, access.guard, table);
  // Behind the guard, which says of every route what it needs.
  direct.watch(server);
  definition.configureHttp?.(server);
  return app;
}
