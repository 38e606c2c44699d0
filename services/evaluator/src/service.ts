import type { ServiceDefinition } from '@perennial/service';
import { evaluatorConfigSchema, type EvaluatorConfig } from './evaluator.config';
import { EvaluatorModule } from './evaluator.module';

export const evaluatorService: ServiceDefinition<EvaluatorConfig> = {
  name: 'evaluator',
  module: EvaluatorModule,
  configSchema: evaluatorConfigSchema,
  access: {
    'GET /api/v1/cycles': { scope: 'models:read', of: ['params:pipeline'] },
    'GET /api/v1/pipelines': { scope: 'models:read', of: ['params:pipeline'] },
  },
  needs: {
    collections: [
      'evaluation_cycles',
      'evaluation_events',
      'evaluation_submissions',
      'evaluation_lanes',
      'evaluation_batches',
      'serving_models',
      'performance_metrics',
    ],
    reads: ['artifacts'],
  },
};
