import type { ServiceDefinition } from '@perennial/service';
import { type PreprocessingConfig, preprocessingConfigSchema } from './preprocessing.config';
import { PreprocessingModule } from './preprocessing.module';

export const preprocessingService: ServiceDefinition<PreprocessingConfig> = {
  name: 'preprocessing',
  module: PreprocessingModule,
  configSchema: preprocessingConfigSchema,
  needs: {
    collections: ['processing_metadata', 'preprocessing_batches'],
    writes: ['processed_data'],
    reads: ['raw_data'],
  },
};
