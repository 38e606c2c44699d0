import type { ServiceDefinition } from '@perennial/service';
import { type FeatureStoreConfig, featureStoreConfigSchema } from './feature-store.config';
import { FeatureStoreModule } from './feature-store.module';

export const featureStoreService: ServiceDefinition<FeatureStoreConfig> = {
  name: 'feature-store',
  module: FeatureStoreModule,
  configSchema: featureStoreConfigSchema,
  needs: { collections: ['feature_views', 'feature_view_batches'], reads: ['processed_data'] },
};
