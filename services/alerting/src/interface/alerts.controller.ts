import { Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { SignedBody, parseRequest } from '@perennial/service';
import { AcknowledgeAlert } from '../application/acknowledge.alert';
import { ShowAlerts, type AlertView } from '../application/show.alerts';
import type { Incident } from '../domain/incident';
import { acknowledgement, alertQuery } from './request.schema';

@Controller('api/v1/alerts')
export class AlertsController {
  constructor(
    @Inject(ShowAlerts) private readonly show: ShowAlerts,
    @Inject(AcknowledgeAlert) private readonly acknowledgeAlert: AcknowledgeAlert,
  ) {}

  @Get()
  async list(@Query() query: unknown): Promise<{ alerts: Incident[] }> {
    return { alerts: await this.show.list(parseRequest(alertQuery, query)) };
  }

  @Get(':alertId')
  one(@Param('alertId') alertId: string): Promise<AlertView> {
    return this.show.one(alertId);
  }

  @Post(':alertId/acknowledge')
  @HttpCode(200)
  acknowledge(@Param('alertId') alertId: string, @SignedBody() body: unknown): Promise<Incident> {
    return this.acknowledgeAlert.run(alertId, parseRequest(acknowledgement, body).by);
  }
}
