import { Controller, Get, Inject } from '@nestjs/common';
import { ShowDeployments } from '../application/show.deployments';

/** What replicas shall serve, all pipelines in one answer. */
@Controller('api/v1/desired')
export class DesiredController {
  constructor(@Inject(ShowDeployments) private readonly show: ShowDeployments) {}

  @Get()
  async all() {
    return { desired: await this.show.desired() };
  }
}
