import { Module } from '@nestjs/common';
import { ClaimRun } from './application/claim.run';
import type { RunStore } from './application/ports';
import { TrainOne } from './application/train.one';
import { WorkRun } from './application/work.run';
import { trainingProviders } from './trainer.providers';
import { RUN_STORE } from './trainer.tokens';

/** A trainer that takes up one run and ends. */
@Module({
  providers: [
    ...trainingProviders,
    {
      provide: TrainOne,
      inject: [RUN_STORE, ClaimRun, WorkRun],
      useFactory: (runs: RunStore, claim: ClaimRun, work: WorkRun) => new TrainOne(runs, claim, work),
    },
  ],
})
export class TrainingJobModule {}
