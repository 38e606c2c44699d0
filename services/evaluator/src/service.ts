import type { ServiceDefinition } from '@perennial/service';
import { evaluatorConfigSchema, type EvaluatorConfig } from './evaluator.config';
import { EvaluatorModule } from './evaluator.module';

export const evaluatorService: ServiceDefinition<EvaluatorConfig> = {
  name: 'evaluator',
  module: EvaluatorModule,
  configSchema: evaluatorConfigSchema,
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
