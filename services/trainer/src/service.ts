import type { ServiceDefinition } from '@perennial/service';
import { type TrainerConfig, trainerConfigSchema } from './trainer.config';
import { TrainerModule } from './trainer.module';
import { TrainingJobModule } from './training.job.module';

export const trainerService: ServiceDefinition<TrainerConfig> = {
  name: 'trainer',
  module: TrainerModule,
  configSchema: trainerConfigSchema,
  access: { 'GET /api/v1/runs': { scope: 'models:read' } },
  needs: {
    collections: ['training_runs', 'training_events', 'training_trials'],
    writes: ['artifacts', 'checkpoints', 'trial_models'],
  },
};

/** One run in a process of its own; see perennial-trainer.main.ts. */
export const trainingJob: ServiceDefinition<TrainerConfig> = { ...trainerService, module: TrainingJobModule };
