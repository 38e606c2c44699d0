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
import type { Estimators, RunStore, TrainingMetrics } from './application/ports';
import { ProgressFeed } from './application/progress.feed';
import { RunLedger } from './application/run.ledger';
import { SettleRun } from './application/settle.run';
import { WorkRun } from './application/work.run';
import type { RunLimits } from './domain/run.decider';
import { HttpPreprocessing } from './infrastructure/http.preprocessing';
import { MongoRunStore } from './infrastructure/mongo.run.store';
import { ProcessEstimators } from './infrastructure/process.estimators';
import { prometheusMetrics } from './infrastructure/prometheus.metrics';
import type { TrainerConfig } from './trainer.config';
import { ESTIMATORS, RUN_LIMITS, RUN_STORE, TRAINING_METRICS } from './trainer.tokens';

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
    provide: ClaimRun,
    inject: [RUN_STORE, LEASES, IDS, RunLedger, CLOCK, RUN_LIMITS, TRAINING_METRICS, LOGGER, SERVICE_CONFIG],
    useFactory: (
      runs: RunStore,
      leases: LeaseStore,
      newId: IdGenerator,
      ledger: RunLedger,
      clock: Clock,
      limits: RunLimits,
      metrics: TrainingMetrics,
      logger: Logger,
      config: TrainerConfig,
    ) => {
      const times = { ttlMs: config.TRAINER_LEASE_MS, heartbeatMs: config.TRAINER_HEARTBEAT_MS };
      return new ClaimRun(runs, new RenewedLeases(leases, newId, times), ledger, clock, limits, metrics, logger);
    },
  },
  {
    provide: ESTIMATORS,
    inject: [PIPELINES, SERVICE_CONFIG],
    useFactory: (pipelines: ReadonlyMap<string, Pipeline>, config: TrainerConfig): Estimators => {
      const library = { file: config.LIGHTGBM_LIBRARY };
      // Told at the start, not by the first run of that pipeline.
      if ([...pipelines.values()].some((pipeline) => modelKinds(pipeline).includes('lightgbm'))) locateLibrary(library);
      return new ProcessEstimators({ niceness: config.TRAINER_NICENESS, library });
    },
  },
  {
    provide: ExecuteRun,
    inject: [
      ...[PIPELINES, OBJECT_STORE, RunLedger, ESTIMATORS, PUBLISHER, STAMP, TRAINING_METRICS],
      ...[CLOCK, LOGGER, SERVICE_CONFIG, PEER_HEADERS],
    ],
    useFactory: (
      pipelines: ReadonlyMap<string, Pipeline>,
      files: ObjectStore,
      ledger: RunLedger,
      estimators: Estimators,
      publisher: Publisher,
      stamp: Stamp,
      metrics: TrainingMetrics,
      clock: Clock,
      logger: Logger,
      config: TrainerConfig,
      headers: platform.PeerHeaders,
    ) => {
      const timeoutMs = config.TRAINER_REQUEST_TIMEOUT_MS;
      const features = new FeatureReader(config.FEATURE_STORE_URL, { timeoutMs, headers });
      const metadata = new HttpPreprocessing(config.PREPROCESSING_URL, timeoutMs, headers);
      const sources = { pipelines, features, metadata, files, estimators };
      const progress = new ProgressFeed(publisher, stamp, logger);
      const checkpointSeconds = config.TRAINER_CHECKPOINT_SECONDS;
      const usual = { metrics, clock, logger, checkpointSeconds };
      return new ExecuteRun({ sources, files, ledger, estimators, progress, ...usual });
    },
  },
  {
    provide: SettleRun,
    inject: [RunLedger, RUN_LIMITS, CLOCK, TRAINING_METRICS, LOGGER],
    useFactory: (ledger: RunLedger, limits: RunLimits, clock: Clock, metrics: TrainingMetrics, logger: Logger) =>
      new SettleRun(ledger, limits, clock, metrics, logger),
  },
  {
    provide: WorkRun,
    inject: [ExecuteRun, SettleRun, LOGGER],
    useFactory: (execute: ExecuteRun, settle: SettleRun, logger: Logger) => new WorkRun(execute, settle, logger),
  },
  {
    provide: DeleteCheckpoints,
    inject: [RUN_STORE, OBJECT_STORE, RunLedger, CLOCK],
    useFactory: (runs: RunStore, files: ObjectStore, ledger: RunLedger, clock: Clock) =>
      new DeleteCheckpoints(runs, files, ledger, clock),
  },
];
