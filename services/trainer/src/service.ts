import type { ServiceDefinition } from '@perennial/service';
import { type TrainerConfig, trainerConfigSchema } from './trainer.config';
import { TrainerModule } from './trainer.module';

export const trainerService: ServiceDefinition<TrainerConfig> = {
  name: 'trainer',
  module: TrainerModule,
  configSchema: trainerConfigSchema,
  needs: {
    collections: ['training_runs', 'training_events', 'training_trials'],
    writes: ['artifacts', 'trial_models'],
  },
};
