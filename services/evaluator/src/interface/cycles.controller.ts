import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { parseRequest } from '@perennial/service';
import type { Performance } from '../application/cycle.stores';
import { ShowCycles, type CycleSummary, type CycleView, type PipelineView } from '../application/show.cycles';
import { cycleQuery, performanceQuery } from './request.schema';

@Controller('api/v1')
export class CyclesController {
  constructor(@Inject(ShowCycles) private readonly show: ShowCycles) {}

  @Get('cycles')
  async cycles(@Query() query: unknown): Promise<{ cycles: CycleSummary[] }> {
    return { cycles: await this.show.list(parseRequest(cycleQuery, query)) };
  }

  @Get('cycles/:pipeline/:day')
  cycle(@Param('pipeline') pipeline: string, @Param('day') day: string): Promise<CycleView> {
    return this.show.one(pipeline, day);
  }

  @Get('pipelines')
  async pipelines(): Promise<{ pipelines: PipelineView[] }> {
    return { pipelines: await this.show.pipelines() };
  }

  @Get('pipelines/:pipeline/performance')
  async performance(
    @Param('pipeline') pipeline: string,
    @Query() query: unknown,
  ): Promise<{ performance: Performance[] }> {
    return { performance: await this.show.performance(pipeline, parseRequest(performanceQuery, query).limit) };
  }
}
