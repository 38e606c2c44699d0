import { topics } from '@perennial/contracts';
import type { ServiceDefinition } from '@perennial/service';
import { type DeployerConfig, deployerConfigSchema } from './deployer.config';
import { DeployerModule } from './deployer.module';

export const deployerService: ServiceDefinition<DeployerConfig> = {
  name: 'deployer',
  module: DeployerModule,
  configSchema: deployerConfigSchema,
  needs: {
    batches: [topics.replicas, topics.observations],
    collections: ['deployments', 'deployment_events', 'inference_replicas', 'traffic_observations'],
    reads: ['artifacts'],
  },
};
