import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Pipeline } from '@perennial/pipeline';
import * as platform from '@perennial/service';
import { ClaimRun } from './application/claim.run';
import { DeleteCheckpoints } from './application/delete.checkpoints';
import type { RunStore } from './application/ports';
import { QueueRun } from './application/queue.run';
import { RunWorker } from './application/run.worker';
import { ShowRuns } from './application/show.runs';
import { WorkRun } from './application/work.run';
import { CheckpointSweeper } from './infrastructure/checkpoint.sweeper';
import { RetrainingRequestedConsumer } from './interface/retraining-requested.consumer';
import { RunsController } from './interface/runs.controller';
import type { TrainerConfig } from './trainer.config';
import { trainingProviders } from './trainer.providers';
import { RUN_STORE } from './trainer.tokens';

const { LOGGER, PIPELINES, SERVICE_CONFIG } = platform;
type Logger = platform.Logger;

const LOOKS_PER_SWEEP = 30;

@Module({
  controllers: [RetrainingRequestedConsumer, RunsController],
  providers: [
    ...trainingProviders,
    {
      provide: RunWorker,
      inject: [ClaimRun, WorkRun, LOGGER, SERVICE_CONFIG],
      useFactory: (claim: ClaimRun, work: WorkRun, logger: Logger, config: TrainerConfig) =>
        new RunWorker(claim, work, logger, {
          concurrency: config.TRAINER_CONCURRENCY,
          intervalMs: config.TRAINER_POLL_INTERVAL_MS,
        }),
    },
    {
      provide: QueueRun,
      inject: [RUN_STORE, PIPELINES, RunWorker],
      useFactory: (runs: RunStore, pipelines: ReadonlyMap<string, Pipeline>, worker: RunWorker) =>
        new QueueRun(runs, pipelines, () => worker.wake()),
    },
    { provide: ShowRuns, inject: [RUN_STORE], useFactory: (runs: RunStore) => new ShowRuns(runs) },
    {
      provide: CheckpointSweeper,
      inject: [DeleteCheckpoints, LOGGER, SERVICE_CONFIG],
      useFactory: (deleteCheckpoints: DeleteCheckpoints, logger: Logger, config: TrainerConfig) => {
        const everyMs = LOOKS_PER_SWEEP * config.TRAINER_POLL_INTERVAL_MS;
        return new CheckpointSweeper(deleteCheckpoints, { everyMs, logger, random: Math.random });
      },
    },
  ],
})
export class TrainerModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(@Inject(RunWorker) private readonly worker: RunWorker) {}

  onApplicationBootstrap(): void {
    this.worker.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.worker.stop();
  }
}
