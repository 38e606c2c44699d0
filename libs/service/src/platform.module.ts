import { Global, Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AccessController } from './access/access.controller';
import { ErrorFilter } from './http/error.filter';
import { HealthController } from './http/health.controller';
import { Readiness } from './http/readiness';

/** What the platform gives a service, by token; see tokens.ts. */
export type PlatformValues = Map<symbol, unknown>;

@Global()
@Module({})
export class PlatformModule {
  static of(service: Type, values: PlatformValues): DynamicModule {
    const providers: Provider[] = [...values].map(([provide, useValue]) => ({ provide, useValue }));
    return {
      module: PlatformModule,
      imports: [service],
      controllers: [HealthController, AccessController],
      providers: [...providers, Readiness, { provide: APP_FILTER, useClass: ErrorFilter }],
      exports: [...values.keys(), Readiness],
    };
  }
}
