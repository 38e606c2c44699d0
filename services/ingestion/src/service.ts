import { topics } from '@perennial/contracts';
import type { ServiceDefinition } from '@perennial/service';
import { type IngestionConfig, ingestionConfigSchema } from './ingestion.config';
import { IngestionModule } from './ingestion.module';
import { acceptStreams } from './interface/record.body';

export const ingestionService: ServiceDefinition<IngestionConfig> = {
  name: 'ingestion',
  module: IngestionModule,
  configSchema: ingestionConfigSchema,
  access: {
    'GET /api/v1/datasets': { scope: 'data:read', of: ['params:name'] },
    'POST /api/v1/datasets': { scope: 'data:write', of: ['params:name'] },
  },
  needs: {
    batches: [topics.records],
    collections: ['ingestion_days', 'ingestion_chunks', 'ingestion_quarantine'],
    writes: ['raw_data'],
  },
  configureHttp: acceptStreams,
};
