import type { Provider } from '@nestjs/common';
import { locateLibrary } from '@perennial/estimators';
import { FeatureReader } from '@perennial/feature-reader';
import type { Clock, IdGenerator, Publisher, Stamp, Transactor } from '@perennial/messaging';
import { type LeaseStore, RenewedLeases } from '@perennial/messaging-mongo';
import type { ObjectStore } from '@perennial/object-store';
import { modelKinds, type Pipeline } from '@perennial/pipeline';
import * as platform from '@perennial/service';
import type { Connection } from 'mongoose';
import type { Registry } from 'prom-client';
import { ClaimRun } from './application/claim.run';
import { DeleteCheckpoints } from './application/delete.checkpoints';
import { ExecuteRun } from './application/execute.run';
import { ExecuteTrial } from './application/execute.trial';
import type { Estimators, RunLeases, RunStore, TaskStore, TrainingMetrics } from './application/ports';
import { ProgressFeed } from './application/progress.feed';
import { RecentInputs } from './application/recent.inputs';
import type { RunSources } from './application/run.inputs';
import { RunLedger } from './application/run.ledger';
import { SettleRun } from './application/settle.run';
import { TaskLedger } from './application/task.ledger';
import { WorkLedger } from './application/work.ledger';
import { WorkRun } from './application/work.run';
import type { RunLimits } from './domain/run.decider';
import { HttpPreprocessing } from './infrastructure/http.preprocessing';
import { MongoRunStore } from './infrastructure/mongo.run.store';
import { MongoTaskStore } from './infrastructure/mongo.task.store';
import { ProcessEstimators } from './infrastructure/process.estimators';
import { prometheusMetrics } from './infrastructure/prometheus.metrics';
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
  PEER_HEADERS,
  PIPELINES,
  PUBLISHER,
  SERVICE_CONFIG,
  STAMP,
  TRANSACTOR,
} = platform;
type Logger = platform.Logger;

const INPUTS_KEPT_MS = 60_000;

/** All that training a run takes, in the service as in a job. */
export const trainingProviders: Provider[] = [
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
      if ([...pipelines.values()].some((pipeline) => modelKinds(pipeline).includes('lightgbm'))) locateLibrary(library);
      return new ProcessEstimators({ niceness: config.TRAINER_NICENESS, threads: config.TRAINER_THREADS, library });
    },
  },
  {
    provide: RUN_SOURCES,
    inject: [PIPELINES, OBJECT_STORE, ESTIMATORS, SERVICE_CONFIG, PEER_HEADERS],
    useFactory: (
      pipelines: ReadonlyMap<string, Pipeline>,
      files: ObjectStore,
      estimators: Estimators,
      config: TrainerConfig,
      headers: platform.PeerHeaders,
    ): RunSources => {
      const timeoutMs = config.TRAINER_REQUEST_TIMEOUT_MS;
      const features = new FeatureReader(config.FEATURE_STORE_URL, { timeoutMs, headers });
      const metadata = new HttpPreprocessing(config.PREPROCESSING_URL, timeoutMs, headers);
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
    inject: [
      ...[RUN_SOURCES, OBJECT_STORE, RunLedger, ESTIMATORS, ProgressFeed],
      ...[TRAINING_METRICS, CLOCK, LOGGER, SERVICE_CONFIG],
    ],
    useFactory: (
      sources: RunSources,
      files: ObjectStore,
      ledger: RunLedger,
      estimators: Estimators,
      progress: ProgressFeed,
      metrics: TrainingMetrics,
      clock: Clock,
      logger: Logger,
      { TRAINER_CHECKPOINT_SECONDS: checkpointSeconds }: TrainerConfig,
    ) => new ExecuteRun({ sources, files, ledger, estimators, progress, metrics, clock, logger, checkpointSeconds }),
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
    provide: WorkLedger,
    inject: [RunLedger, TaskLedger],
    useFactory: (runs: RunLedger, tasks: TaskLedger) => new WorkLedger(runs, tasks),
  },
  {
    provide: SettleRun,
    inject: [WorkLedger, RUN_LIMITS, CLOCK, TRAINING_METRICS, LOGGER],
    useFactory: (ledger: WorkLedger, limits: RunLimits, clock: Clock, metrics: TrainingMetrics, logger: Logger) =>
      new SettleRun(ledger, limits, clock, metrics, logger),
  },
  {
    provide: WorkRun,
    inject: [ExecuteRun, ExecuteTrial, SettleRun, LOGGER],
    useFactory: (run: ExecuteRun, trial: ExecuteTrial, settle: SettleRun, logger: Logger) =>
      new WorkRun(run, trial, settle, logger),
  },
  {
    provide: DeleteCheckpoints,
    inject: [RUN_STORE, OBJECT_STORE, RunLedger, CLOCK],
    useFactory: (runs: RunStore, files: ObjectStore, ledger: RunLedger, clock: Clock) =>
      new DeleteCheckpoints(runs, files, ledger, clock),
  },
];
