import type { ServiceDefinition } from '@perennial/service';
import { type RegistryConfig, registryConfigSchema } from './registry.config';
import { acceptModels } from './interface/model.body';
import { RegistryModule } from './registry.module';

export const registryService: ServiceDefinition<RegistryConfig> = {
  name: 'registry',
  module: RegistryModule,
  configSchema: registryConfigSchema,
  access: {
    'GET /api/v1/models': { scope: 'models:read', of: ['params:pipeline'] },
    'GET /api/2.0/mlflow': { scope: 'models:read', of: ['query:name'] },
    'GET /api/2.0/mlflow/registered-models/search': { scope: 'models:read' },
    'GET /api/2.0/mlflow/model-versions/search': { scope: 'models:read' },
    'GET /api/2.0/mlflow/runs': { scope: 'models:read' },
    'POST /api/2.0/mlflow/registered-models/get-latest-versions': { scope: 'models:read', of: ['body:name'] },
    'GET /api/2.0/mlflow-artifacts/artifacts': { scope: 'models:read' },
    'GET /api/2.0/mlflow-artifacts/artifacts/models': { scope: 'models:read', of: ['params:pipeline'] },
    'POST /api/v1/models': { scope: 'models:write', of: ['params:pipeline'] },
  },
  needs: { collections: ['model_metadata', 'model_submissions'], writes: ['artifacts'] },
  configureHttp: acceptModels,
};
