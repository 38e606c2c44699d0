import { topics } from '@perennial/contracts';
import type { ServiceDefinition } from '@perennial/service';
import { type DeployerConfig, deployerConfigSchema } from './deployer.config';
import { DeployerModule } from './deployer.module';

export const deployerService: ServiceDefinition<DeployerConfig> = {
  name: 'deployer',
  module: DeployerModule,
  configSchema: deployerConfigSchema,
  access: {
    'GET /api/v1/deployments': { scope: 'models:read', of: ['params:pipeline'] },
    'POST /api/v1/deployments': { scope: 'models:write', of: ['params:pipeline'] },
    'GET /api/v1/desired': { scope: 'models:read' },
  },
  needs: {
    batches: [topics.replicas, topics.observations],
    collections: ['deployments', 'deployment_events', 'inference_replicas', 'traffic_observations'],
    reads: ['artifacts'],
  },
};
