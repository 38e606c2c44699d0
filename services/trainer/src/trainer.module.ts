import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { locateLibrary } from '@perennial/estimators';
import { FeatureReader } from '@perennial/feature-reader';
import type { Clock, IdGenerator, Publisher, Stamp, Transactor } from '@perennial/messaging';
import { type LeaseStore, RenewedLeases } from '@perennial/messaging-mongo';
import type { ObjectStore } from '@perennial/object-store';
import { modelKinds, type Pipeline } from '@perennial/pipeline';
import * as platform from '@perennial/service';
import type { Connection } from 'mongoose';
import type { Registry } from 'prom-client';
import { AdvanceSearch } from './application/advance.search';
import { ClaimRun } from './application/claim.run';
import { DiscardTrials } from './application/discard.trials';
import { ExecuteRun } from './application/execute.run';
import { ExecuteTrial } from './application/execute.trial';
import type { Estimators, RunLeases, RunStore, TaskStore, TrainingMetrics } from './application/ports';
import { ProgressFeed } from './application/progress.feed';
import { QueueRun } from './application/queue.run';
import { QueueTrial } from './application/queue.trial';
import { RecentInputs } from './application/recent.inputs';
import type { RunSources } from './application/run.inputs';
import { RunLedger } from './application/run.ledger';
import { RunWorker } from './application/run.worker';
import { SettleRun } from './application/settle.run';
import { ShowRuns } from './application/show.runs';
import { TaskLedger } from './application/task.ledger';
import { WorkLedger } from './application/work.ledger';
import type { RunLimits } from './domain/run.decider';
import { HttpPreprocessing } from './infrastructure/http.preprocessing';
import { MongoRunStore } from './infrastructure/mongo.run.store';
import { MongoTaskStore } from './infrastructure/mongo.task.store';
import { ProcessEstimators } from './infrastructure/process.estimators';
import { prometheusMetrics } from './infrastructure/prometheus.metrics';
import { RetrainingRequestedConsumer } from './interface/retraining-requested.consumer';
import { RunsController } from './interface/runs.controller';
import { TrialsConsumer } from './interface/trials.consumer';
import type { TrainerConfig } from './trainer.config';
import { ESTIMATORS, RUN_LIMITS, RUN_SOURCES, RUN_STORE, TASK_STORE, TRAINING_METRICS } from './trainer.tokens';

const {
  CLOCK,
  DATABASE,
  IDS,
  LEASES,
  LOGGER,
  METRICS,
  OBJECT_STORE,
  PIPELINES,
  PUBLISHER,
  SERVICE_CONFIG,
  STAMP,
  TRANSACTOR,
} = platform;
type Logger = platform.Logger;

const INPUTS_KEPT_MS = 60_000;
const DISCARD_EVERY_MS = 5_000;

@Module({
  controllers: [RetrainingRequestedConsumer, TrialsConsumer, RunsController],
  providers: [
    {
      provide: RUN_STORE,
      inject: [DATABASE],
      useFactory: async (connection: Connection): Promise<RunStore> => {
        const store = new MongoRunStore(connection);
        await store.prepare();
        return store;
      },
    },
    {
      provide: TASK_STORE,
      inject: [DATABASE],
      useFactory: async (connection: Connection): Promise<TaskStore> => {
        const store = new MongoTaskStore(connection);
        await store.prepare();
        return store;
      },
    },
    { provide: TRAINING_METRICS, inject: [METRICS], useFactory: (registry: Registry) => prometheusMetrics(registry) },
    {
      provide: RUN_LIMITS,
      inject: [SERVICE_CONFIG],
      useFactory: (config: TrainerConfig): RunLimits => ({
        maxClaims: config.TRAINER_MAX_CLAIMS,
        maxRetries: config.TRAINER_MAX_RETRIES,
        pauseMs: config.TRAINER_RETRY_PAUSE_MS,
        maxPauseMs: config.TRAINER_RETRY_PAUSE_LIMIT_MS,
      }),
    },
    {
      provide: RunLedger,
      inject: [RUN_STORE, TRANSACTOR],
      useFactory: (runs: RunStore, transactor: Transactor) => new RunLedger(runs, transactor),
    },
    {
      provide: TaskLedger,
      inject: [TASK_STORE, TRANSACTOR],
      useFactory: (tasks: TaskStore, transactor: Transactor) => new TaskLedger(tasks, transactor),
    },
    {
      provide: WorkLedger,
      inject: [RunLedger, TaskLedger],
      useFactory: (runs: RunLedger, tasks: TaskLedger) => new WorkLedger(runs, tasks),
    },
    {
      provide: ClaimRun,
      inject: [
        ...[RUN_STORE, TASK_STORE, LEASES, IDS, RunLedger, TaskLedger],
        ...[CLOCK, RUN_LIMITS, TRAINING_METRICS, LOGGER, SERVICE_CONFIG],
      ],
      useFactory: (
        runs: RunStore,
        tasks: TaskStore,
        store: LeaseStore,
        newId: IdGenerator,
        ledger: RunLedger,
        taskLedger: TaskLedger,
        clock: Clock,
        limits: RunLimits,
        metrics: TrainingMetrics,
        logger: Logger,
        config: TrainerConfig,
      ) => {
        const times = { ttlMs: config.TRAINER_LEASE_MS, heartbeatMs: config.TRAINER_HEARTBEAT_MS };
        const renewed = new RenewedLeases(store, newId, times);
        const leases: RunLeases = {
          acquire: (name) => renewed.acquire(name),
          held: (names) => store.held(names),
        };
        return new ClaimRun({ runs, tasks, leases, ledger, taskLedger, clock, limits, metrics, logger });
      },
    },
    {
      provide: ESTIMATORS,
      inject: [PIPELINES, SERVICE_CONFIG],
      useFactory: (pipelines: ReadonlyMap<string, Pipeline>, config: TrainerConfig): Estimators => {
        const library = { file: config.LIGHTGBM_LIBRARY };
        // Told at the start, not by the first run of that pipeline.
        if ([...pipelines.values()].some((pipeline) => modelKinds(pipeline).includes('lightgbm')))
          locateLibrary(library);
        return new ProcessEstimators({ niceness: config.TRAINER_NICENESS, library });
      },
    },
    {
      provide: RUN_SOURCES,
      inject: [PIPELINES, OBJECT_STORE, ESTIMATORS, SERVICE_CONFIG],
      useFactory: (
        pipelines: ReadonlyMap<string, Pipeline>,
        files: ObjectStore,
        estimators: Estimators,
        config: TrainerConfig,
      ): RunSources => {
        const timeoutMs = config.TRAINER_REQUEST_TIMEOUT_MS;
        const features = new FeatureReader(config.FEATURE_STORE_URL, { timeoutMs });
        const metadata = new HttpPreprocessing(config.PREPROCESSING_URL, timeoutMs);
        return { pipelines, features, metadata, files, estimators };
      },
    },
    {
      provide: ProgressFeed,
      inject: [PUBLISHER, STAMP, LOGGER],
      useFactory: (publisher: Publisher, stamp: Stamp, logger: Logger) => new ProgressFeed(publisher, stamp, logger),
    },
    {
      provide: ExecuteRun,
      inject: [RUN_SOURCES, OBJECT_STORE, RunLedger, ESTIMATORS, ProgressFeed, TRAINING_METRICS, CLOCK, LOGGER],
      useFactory: (
        sources: RunSources,
        files: ObjectStore,
        ledger: RunLedger,
        estimators: Estimators,
        progress: ProgressFeed,
        metrics: TrainingMetrics,
        clock: Clock,
        logger: Logger,
      ) => new ExecuteRun({ sources, files, ledger, estimators, progress, metrics, clock, logger }),
    },
    {
      provide: RecentInputs,
      inject: [RUN_SOURCES],
      useFactory: (sources: RunSources) => new RecentInputs(sources, INPUTS_KEPT_MS),
    },
    {
      provide: ExecuteTrial,
      inject: [
        ...[RecentInputs, OBJECT_STORE, TASK_STORE, TaskLedger, ESTIMATORS],
        ...[ProgressFeed, TRAINING_METRICS, CLOCK, LOGGER],
      ],
      useFactory: (
        inputs: RecentInputs,
        files: ObjectStore,
        tasks: TaskStore,
        ledger: TaskLedger,
        estimators: Estimators,
        progress: ProgressFeed,
        metrics: TrainingMetrics,
        clock: Clock,
        logger: Logger,
      ) => new ExecuteTrial({ inputs, files, tasks, ledger, estimators, progress, metrics, clock, logger }),
    },
    {
      provide: SettleRun,
      inject: [WorkLedger, RUN_LIMITS, CLOCK, TRAINING_METRICS, LOGGER],
      useFactory: (ledger: WorkLedger, limits: RunLimits, clock: Clock, metrics: TrainingMetrics, logger: Logger) =>
        new SettleRun(ledger, limits, clock, metrics, logger),
    },
    {
      provide: RunWorker,
      inject: [ClaimRun, ExecuteRun, ExecuteTrial, SettleRun, LOGGER, SERVICE_CONFIG],
      useFactory: (
        claim: ClaimRun,
        run: ExecuteRun,
        trial: ExecuteTrial,
        settle: SettleRun,
        logger: Logger,
        config: TrainerConfig,
      ) =>
        new RunWorker(claim, run, trial, settle, logger, {
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
