import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { ObjectStore } from '@perennial/object-store';
import type { Pipeline } from '@perennial/pipeline';
import * as platform from '@perennial/service';
import { AdvanceSearch } from './application/advance.search';
import { ClaimRun } from './application/claim.run';
import { DeleteCheckpoints } from './application/delete.checkpoints';
import { DiscardTrials } from './application/discard.trials';
import type { RunStore, TaskStore } from './application/ports';
import { QueueRun } from './application/queue.run';
import { QueueTrial } from './application/queue.trial';
import { RecentInputs } from './application/recent.inputs';
import { RunWorker } from './application/run.worker';
import { ShowRuns } from './application/show.runs';
import { WorkRun } from './application/work.run';
import { CheckpointSweeper } from './infrastructure/checkpoint.sweeper';
import { RetrainingRequestedConsumer } from './interface/retraining-requested.consumer';
import { RunsController } from './interface/runs.controller';
import { TrialsConsumer } from './interface/trials.consumer';
import type { TrainerConfig } from './trainer.config';
import { trainingProviders } from './trainer.providers';
import { RUN_STORE, TASK_STORE } from './trainer.tokens';

const { LOGGER, OBJECT_STORE, PIPELINES, SERVICE_CONFIG } = platform;
type Logger = platform.Logger;

const LOOKS_PER_SWEEP = 30;
const DISCARD_EVERY_MS = 5_000;

@Module({
  controllers: [RetrainingRequestedConsumer, TrialsConsumer, RunsController],
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
    {
      provide: QueueTrial,
      inject: [RUN_STORE, TASK_STORE, RunWorker],
      useFactory: (runs: RunStore, tasks: TaskStore, worker: RunWorker) =>
        new QueueTrial(runs, tasks, () => worker.wake()),
    },
    {
      provide: AdvanceSearch,
      inject: [RUN_STORE, RunWorker],
      useFactory: (runs: RunStore, worker: RunWorker) => new AdvanceSearch(runs, () => worker.wake()),
    },
    {
      provide: DiscardTrials,
      inject: [TASK_STORE, OBJECT_STORE, LOGGER],
      useFactory: (tasks: TaskStore, files: ObjectStore, logger: Logger) =>
        new DiscardTrials(tasks, files, logger, DISCARD_EVERY_MS),
    },
    {
      provide: ShowRuns,
      inject: [RUN_STORE, TASK_STORE],
      useFactory: (runs: RunStore, tasks: TaskStore) => new ShowRuns(runs, tasks),
    },
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
  constructor(
    @Inject(RunWorker) private readonly worker: RunWorker,
    @Inject(DiscardTrials) private readonly discards: DiscardTrials,
    @Inject(RecentInputs) private readonly inputs: RecentInputs,
  ) {}

  onApplicationBootstrap(): void {
    this.worker.start();
    this.discards.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.worker.stop(), this.discards.stop()]);
    this.inputs.forget();
  }
}
