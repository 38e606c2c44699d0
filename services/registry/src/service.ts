import type { ServiceDefinition } from '@perennial/service';
import { type RegistryConfig, registryConfigSchema } from './registry.config';
import { acceptModels } from './interface/model.body';
import { RegistryModule } from './registry.module';

export const registryService: ServiceDefinition<RegistryConfig> = {
  name: 'registry',
  module: RegistryModule,
  configSchema: registryConfigSchema,
  needs: { collections: ['model_metadata', 'model_submissions'], writes: ['artifacts'] },
  configureHttp: acceptModels,
};
