import { z } from 'zod';
import { integer, list, port, url } from './fields';

/** What every service reads, beside the Kafka, MongoDB and object store settings of their libraries. */
export const baseConfigSchema = z.object({
  HOST: z.string().default('127.0.0.1').describe('Address the HTTP server listens on'),
  PORT: port.optional().describe('Port of the HTTP server; 0 takes a free one'),
  GROUP_SUFFIX: z.string().default('').describe('Appended to consumer groups: a second installation on one broker'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  PIPELINES: list.default(['pipelines']).describe('pipeline.yaml files, or folders that hold them'),
  SHUTDOWN_TIMEOUT_MS: integer(0, 600_000).default(20_000),
  SHUTDOWN_DRAIN_MS: integer(0, 600_000)
    .default(2_000)
    .describe('How long clients are told to go while requests are still answered; less where nobody asks'),
  HTTP_BODY_LIMIT_BYTES: integer(1_024, 1_073_741_824).default(33_554_432),
  HTTP_HEADERS_TIMEOUT_MS: integer(50, 600_000).default(15_000).describe('Until the headers of a request are there'),
  HTTP_REQUEST_TIMEOUT_MS: integer(0, 86_400_000).default(300_000).describe('Until its body is there; 0: for ever'),
  HTTP_KEEP_ALIVE_TIMEOUT_MS: integer(0, 86_400_000).default(72_000).describe('Until the next request comes'),
  HTTP_MAX_CONNECTIONS: integer(1, 1_000_000).default(10_000).describe('Further ones are closed at once'),
  OTEL_SERVICE_NAME: z.string().optional().describe('Name in traces; default: the name of the service'),
  OTEL_EXPORTER_OTLP_ENDPOINT: url.optional().describe('Traces are exported there; without it none are'),
});

export type BaseConfig = z.output<typeof baseConfigSchema>;
