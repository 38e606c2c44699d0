import { Body, Controller, Get, HttpCode, Inject, Post, Query, UseFilters } from '@nestjs/common';
import { parseRequest } from '@perennial/service';
import { ShowMlflow } from '../../application/show.mlflow';
import { MlflowErrorFilter } from './mlflow.error.filter';
import { aliasQuery, latestQuery, modelQuery, runQuery, searchQuery, versionOfModel } from './mlflow.query';

/** The part of MLflow's model registry API that reads, and the runs that made the versions. */
@Controller('api/2.0/mlflow')
@UseFilters(MlflowErrorFilter)
export class MlflowController {
  constructor(@Inject(ShowMlflow) private readonly show: ShowMlflow) {}

  @Get('registered-models/get')
  model(@Query() query: unknown) {
    return this.show.model(parseRequest(modelQuery, query).name);
  }

  @Get('registered-models/search')
  models(@Query() query: unknown) {
    const { filter, max_results: most, page_token: from } = parseRequest(searchQuery, query);
    return this.show.models(filter, { from, most });
  }

  @Get('registered-models/alias')
  alias(@Query() query: unknown) {
    const { name, alias } = parseRequest(aliasQuery, query);
    return this.show.ofAlias(name, alias);
  }

  @Get('registered-models/get-latest-versions')
  latestByQuery(@Query() query: unknown) {
    const { name, stages } = parseRequest(latestQuery, query);
    return this.show.latest(name, stages);
  }

  @Post('registered-models/get-latest-versions')
  @HttpCode(200)
  latest(@Body() body: unknown) {
    const { name, stages } = parseRequest(latestQuery, body);
    return this.show.latest(name, stages);
  }

  @Get('model-versions/get')
  version(@Query() query: unknown) {
    const { name, version } = parseRequest(versionOfModel, query);
    return this.show.version(name, version);
  }

  @Get('model-versions/get-download-uri')
  downloadUri(@Query() query: unknown) {
    const { name, version } = parseRequest(versionOfModel, query);
    return this.show.downloadUri(name, version);
  }

  @Get('runs/get')
  run(@Query() query: unknown) {
    return this.show.run(parseRequest(runQuery, query).run_id);
  }

  @Get('model-versions/search')
  search(@Query() query: unknown) {
    const { filter, max_results: most, page_token: from } = parseRequest(searchQuery, query);
    return this.show.all(filter, { from, most });
  }
}
