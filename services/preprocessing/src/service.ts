import type { ServiceDefinition } from '@perennial/service';
import { type PreprocessingConfig, preprocessingConfigSchema } from './preprocessing.config';
import { PreprocessingModule } from './preprocessing.module';

export const preprocessingService: ServiceDefinition<PreprocessingConfig> = {
  name: 'preprocessing',
  module: PreprocessingModule,
  configSchema: preprocessingConfigSchema,
  access: {
    'GET /api/v1/preprocessing': { scope: 'data:read', of: ['params:dataset'] },
    'POST /api/v1/preprocessing': { scope: 'data:write', of: ['params:dataset'] },
  },
  needs: {
    collections: ['processing_metadata', 'preprocessing_batches'],
    writes: ['processed_data'],
    reads: ['raw_data'],
  },
};
