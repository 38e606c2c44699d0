import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { LOGGER, type Logger } from '@perennial/service';
import type { FastifyInstance } from 'fastify';
import { OpenInferenceService } from './open-inference.service';
import { RepositoryService } from './repository.service';
import { answerFailures } from './rest.failure';
import { openInferenceRoutes, takeRawBodies } from './rest.routes';

/** Its routes stand beside the controllers: their bodies may be binary, and their errors have a form of their own. */
@Injectable()
export class OpenInferenceRest implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(OpenInferenceService) private readonly inference: OpenInferenceService,
    @Inject(RepositoryService) private readonly repository: RepositoryService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    const routes = async (scope: FastifyInstance): Promise<void> => {
      takeRawBodies(scope);
      answerFailures(scope, this.logger);
      openInferenceRoutes(scope, this.inference, this.repository);
    };
    server.register(routes, { prefix: '/v2' });
  }
}
