import type { Type } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { AccessTable } from './access/access.table';
import type { ServiceNeeds } from './privileges/service.needs';

/** All that distinguishes one service from another, for whoever starts it. */
export interface ServiceDefinition<C = unknown> {
  /** Also the consumer group, the prefix of its collections and the CloudEvents source. */
  name: string;
  module: Type;
  /** Over environment variables by name; what the service reads beside the base configuration. */
  configSchema: z.ZodType<C>;
  /** From these, its handlers and the contracts follow the rights of its users of the broker and the database. */
  needs?: ServiceNeeds;
  /** What its routes ask of those who call them. */
  access?: AccessTable;
  /** It answers while the database or the broker is away: they are reported, and do not turn readiness off. */
  worksAlone?: boolean;
  /** For content-type parsers and the like, before the server listens. */
  configureHttp?(server: FastifyInstance): void;
}

export interface RunningService {
  name: string;
  /** Base URL of the HTTP server. */
  url: string;
  /** Turns readiness off, finishes or hands back work, publishes what is waiting, and closes. */
  close(): Promise<void>;
}
