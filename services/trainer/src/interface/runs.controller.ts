import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { type RunView, ShowRuns } from '../application/show.runs';
import { parseRunQuery } from './run.query';

@Controller('api/v1/runs')
export class RunsController {
  constructor(@Inject(ShowRuns) private readonly show: ShowRuns) {}

  @Get()
  async list(@Query() query: unknown): Promise<{ runs: RunView[] }> {
    return { runs: await this.show.list(parseRunQuery(query)) };
  }

  @Get(':runId')
  one(@Param('runId') runId: string) {
    return this.show.one(runId);
  }
}
