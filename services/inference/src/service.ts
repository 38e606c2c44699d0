import { topics } from '@perennial/contracts';
import type { ServiceDefinition } from '@perennial/service';
import { type InferenceConfig, inferenceConfigSchema } from './inference.config';
import { inferenceAccess } from './interface/access.table';
import { InferenceModule } from './inference.module';

export const inferenceService: ServiceDefinition<InferenceConfig> = {
  name: 'inference',
  module: InferenceModule,
  configSchema: inferenceConfigSchema,
  access: inferenceAccess,
  needs: {
    batches: [topics.predictions, topics.labels],
    follows: [topics.rollouts],
    collections: ['predictions', 'prediction_labels', 'model_trials'],
    reads: ['artifacts'],
  },
  // The model is in memory, and predictions wait in the bounded log.
  worksAlone: true,
};
