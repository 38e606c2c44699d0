import type { ServiceDefinition } from '@perennial/service';
import { type FeatureStoreConfig, featureStoreConfigSchema } from './feature-store.config';
import { FeatureStoreModule } from './feature-store.module';

export const featureStoreService: ServiceDefinition<FeatureStoreConfig> = {
  name: 'feature-store',
  module: FeatureStoreModule,
  configSchema: featureStoreConfigSchema,
  access: {
    'GET /api/v1/features': { scope: 'data:read', of: ['params:name'] },
    // Reads, with a query that is too long for an address.
    'POST /api/v1/features/views/:name/versions/:version/read': { scope: 'data:read', of: ['params:name'] },
    'POST /get-online-features': { scope: 'data:read', of: ['body:feature_service'] },
  },
  needs: { collections: ['feature_views', 'feature_view_batches'], reads: ['processed_data'] },
};
