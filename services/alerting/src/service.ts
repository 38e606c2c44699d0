import type { ServiceDefinition } from '@perennial/service';
import { alertingConfigSchema, type AlertingConfig } from './alerting.config';
import { AlertingModule } from './alerting.module';

export const alertingService: ServiceDefinition<AlertingConfig> = {
  name: 'alerting',
  module: AlertingModule,
  configSchema: alertingConfigSchema,
  access: {
    'GET /api/v1/alerts': { scope: 'models:read' },
    'POST /api/v1/alerts': { scope: 'alerts:write' },
  },
  needs: { collections: ['alerts', 'alert_watches', 'notifications'] },
};
