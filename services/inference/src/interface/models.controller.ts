import { Body, Controller, Get, HttpCode, Inject, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ShowModels } from '../application/show.models';
import { GrpcServer } from './grpc/grpc.server';
import { retryAfter } from './prediction.failure';

@Controller()
export class ModelsController {
  constructor(
    @Inject(ShowModels) private readonly models: ShowModels,
    @Inject(GrpcServer) private readonly grpc: GrpcServer,
  ) {}

  @Get('health')
  health() {
    return { ...this.models.health(), grpc: this.grpc.address() };
  }

  @Get('model-info')
  info(@Query('model') model: string | undefined, @Res({ passthrough: true }) reply: FastifyReply) {
    try {
      return this.models.info(model);
    } catch (error) {
      const seconds = retryAfter(error);
      if (seconds !== undefined) reply.header('retry-after', seconds);
      throw error;
    }
  }

  @Post('reload-model')
  @HttpCode(200)
  reload(@Body() body: unknown, @Query('model') model: string | undefined) {
    const named = typeof body === 'object' && body !== null && 'model' in body ? body.model : undefined;
    return this.models.reload(model ?? named);
  }
}
