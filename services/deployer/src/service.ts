import type { ServiceDefinition } from '@perennial/service';
import { type DeployerConfig, deployerConfigSchema } from './deployer.config';
import { DeployerModule } from './deployer.module';

export const deployerService: ServiceDefinition<DeployerConfig> = {
  name: 'deployer',
  module: DeployerModule,
  configSchema: deployerConfigSchema,
  needs: {
    collections: ['deployments', 'deployment_events', 'inference_replicas'],
    reads: ['artifacts'],
  },
};
