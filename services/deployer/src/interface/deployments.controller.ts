import { Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { SignedBody } from '@perennial/service';
import { AdvanceDeployment } from '../application/advance.deployment';
import { deploymentView, ShowDeployments } from '../application/show.deployments';
import { rollbackCommand } from './rollback.body';
import { trafficCommand } from './traffic.body';

@Controller('api/v1/deployments')
export class DeploymentsController {
  constructor(
    @Inject(ShowDeployments) private readonly show: ShowDeployments,
    @Inject(AdvanceDeployment) private readonly advance: AdvanceDeployment,
  ) {}

  @Get()
  async all() {
    return { deployments: await this.show.all() };
  }

  @Get(':pipeline')
  one(@Param('pipeline') pipeline: string) {
    return this.show.one(pipeline);
  }

  @Post(':pipeline/rollback')
  @HttpCode(202)
  async rollback(@Param('pipeline') pipeline: string, @SignedBody() body: unknown) {
    return deploymentView(await this.advance.rollback(pipeline, rollbackCommand(body)));
  }

  @Post(':pipeline/traffic')
  @HttpCode(202)
  async traffic(@Param('pipeline') pipeline: string, @SignedBody() body: unknown) {
    return deploymentView(await this.advance.traffic(pipeline, trafficCommand(body)));
  }
}
