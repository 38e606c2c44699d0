import 'reflect-metadata';
import { type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { NestLogger } from './logger';
import { openPlatform, type StartOptions } from './open-platform';
import { PlatformModule } from './platform.module';
import type { ServiceDefinition } from './service-definition';

/** What a job is for, with the providers of its module. `stopped` is aborted by SIGTERM and SIGINT. */
export type JobWork<T> = (context: Pick<INestApplicationContext, 'get'>, stopped: AbortSignal) => Promise<T>;

/**
 * Some work of a service that ends, in a process of its own: its module without HTTP and without consumers, so that
 * nothing is taken from Kafka. Throws ConfigError with every problem of the configuration, and what the work throws.
 */
export async function runJob<C, T>(
  definition: ServiceDefinition<C>,
  options: StartOptions,
  work: JobWork<T>,
): Promise<T> {
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGTERM', onSignal);
  process.once('SIGINT', onSignal);
  const { values, logger, close } = await openPlatform(definition, options);
  try {
    const module = PlatformModule.of(definition.module, values);
    const context = await NestFactory.createApplicationContext(module, {
      logger: new NestLogger(logger),
      abortOnError: false,
    });
    try {
      return await work(context, stop.signal);
    } finally {
      await context.close();
    }
  } finally {
    await close();
    process.off('SIGTERM', onSignal);
    process.off('SIGINT', onSignal);
  }
}
