import { Controller, Get, Inject, Param, Query, StreamableFile, UseFilters } from '@nestjs/common';
import { parseRequest } from '@perennial/service';
import { ShowMlflow } from '../../application/show.mlflow';
import { MlflowErrorFilter } from './mlflow.error.filter';
import { directoryQuery } from './mlflow.query';

/** Files of versions under the paths of MLflow's artifact proxy. */
@Controller('api/2.0/mlflow-artifacts/artifacts')
@UseFilters(MlflowErrorFilter)
export class MlflowArtifactsController {
  constructor(@Inject(ShowMlflow) private readonly show: ShowMlflow) {}

  @Get()
  list(@Query() query: unknown) {
    const [, pipeline, version, file = ''] = parseRequest(directoryQuery, query).path;
    return this.show.directory(pipeline, version, file);
  }

  @Get('models/:pipeline/:version/:file')
  async file(
    @Param('pipeline') pipeline: string,
    @Param('version') version: string,
    @Param('file') file: string,
  ): Promise<StreamableFile> {
    const { bytes, mediaType } = await this.show.file(pipeline, version, file);
    return new StreamableFile(bytes, { type: mediaType, length: bytes.byteLength });
  }
}
