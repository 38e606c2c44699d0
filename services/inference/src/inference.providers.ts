import type { Provider } from '@nestjs/common';
import type { Clock, Consumer, IdGenerator, Publisher, RefusalsOf, Router, Stamp } from '@perennial/messaging';
import { type ModelRun, openModel } from '@perennial/model-runtime';
import type { ObjectStore } from '@perennial/object-store';
import type { Pipeline } from '@perennial/pipeline';
import {
  CLOCK,
  CONSUMER,
  DATABASE,
  IDS,
  LOGGER,
  type Logger,
  METRICS,
  OBJECT_STORE,
  PIPELINES,
  PUBLISHER,
  REFUSALS,
  ROUTER,
  SERVICE_CONFIG,
  STAMP,
} from '@perennial/service';
import type { Connection } from 'mongoose';
import type { Registry } from 'prom-client';
import { FollowDesired } from './application/follow.desired';
import { ModelSlot } from './application/model.slot';
import { ModelSlots } from './application/model.slots';
import type { PredictionStore, ServingMetrics } from './application/ports';
import { PredictRows } from './application/predict.rows';
import { PredictionLog } from './application/prediction.log';
import { RecordPredictions } from './application/record.predictions';
import { ReportReplica } from './application/report.replica';
import { ShowModels } from './application/show.models';
import type { InferenceConfig } from './inference.config';
import { PREDICTION_STORE, SERVING_METRICS } from './inference.tokens';
import { DeployerClient } from './infrastructure/deployer.client';
import { DiskDeployedFolder } from './infrastructure/disk.deployed.folder';
import { MongoPredictionStore } from './infrastructure/mongo.prediction.store';
import { PrometheusServingMetrics } from './infrastructure/prometheus.serving.metrics';
import { GrpcServer } from './interface/grpc/grpc.server';
import { OpenInferenceService } from './interface/grpc/open-inference.service';
import { PredictRoutes } from './interface/predict.routes';
import { PredictionsConsumer, predictionsGroup } from './interface/predictions.consumer';
import { RolloutsListener } from './interface/rollouts.listener';

const MAX_GRPC_MESSAGE_BYTES = 32 * 1024 * 1024;
const GRPC_GRACE_MS = 5_000;

const stores: Provider[] = [
  {
    provide: PREDICTION_STORE,
    inject: [DATABASE, SERVICE_CONFIG],
    useFactory: async (connection: Connection, config: InferenceConfig) => {
      const store = new MongoPredictionStore(connection, config.PREDICTION_RETENTION_DAYS);
      await store.prepare();
      return store;
    },
  },
  {
    provide: SERVING_METRICS,
    inject: [METRICS],
    useFactory: (registry: Registry) => new PrometheusServingMetrics(registry),
  },
];

const serving: Provider[] = [
  {
    provide: ModelSlots,
    inject: [PIPELINES, CLOCK, LOGGER, SERVING_METRICS, SERVICE_CONFIG],
    useFactory: (
      pipelines: ReadonlyMap<string, Pipeline>,
      clock: Clock,
      logger: Logger,
      metrics: ServingMetrics,
      config: InferenceConfig,
    ) => {
      const limits = {
        maxRows: config.INFERENCE_MAX_ROWS,
        maxBatchRows: config.INFERENCE_MAX_BATCH_ROWS,
        maxQueuedRows: config.INFERENCE_MAX_QUEUED_ROWS,
        maxQueueDelayMs: config.INFERENCE_MAX_QUEUE_DELAY_MS,
        workers: config.INFERENCE_WORKERS,
        threads: config.INFERENCE_THREADS,
      };
      const slotOf = (pipeline: string) =>
        new ModelSlot({
          pipeline,
          open: (bytes, identity) => {
            const onRun = (run: ModelRun) => metrics.ran(identity.name, identity.version, run);
            return openModel(bytes, { ...identity, ...limits, onRun });
          },
          now: () => clock.now().getTime(),
          logger,
          retryMs: config.INFERENCE_RETRY_MS,
        });
      return new ModelSlots([...pipelines.keys()].map(slotOf));
    },
  },
  {
    provide: FollowDesired,
    inject: [ModelSlots, OBJECT_STORE, LOGGER, SERVICE_CONFIG],
    useFactory: (slots: ModelSlots, files: ObjectStore, logger: Logger, config: InferenceConfig) => {
      const { DEPLOYER_URL: url, DEPLOYED_DIR: folder, INFERENCE_DESIRED_INTERVAL_MS: intervalMs } = config;
      const desired = url === undefined ? null : new DeployerClient(url, files);
      return new FollowDesired(slots, desired, new DiskDeployedFolder(folder), logger, intervalMs);
    },
  },
  {
    provide: RolloutsListener,
    inject: [CONSUMER, ModelSlots, OBJECT_STORE, LOGGER, SERVICE_CONFIG],
    useFactory: (
      consumer: Consumer,
      slots: ModelSlots,
      files: ObjectStore,
      logger: Logger,
      { REPLICA_ID, GROUP_SUFFIX }: InferenceConfig,
    ) => new RolloutsListener(consumer, slots, files, logger, `inference-${REPLICA_ID}${GROUP_SUFFIX}`),
  },
  {
    provide: ReportReplica,
    inject: [PUBLISHER, STAMP, LOGGER, SERVICE_CONFIG],
    useFactory: (publisher: Publisher, stamp: Stamp, logger: Logger, config: InferenceConfig) =>
      new ReportReplica(publisher, stamp, logger, {
        replicaId: config.REPLICA_ID,
        heartbeatSeconds: config.INFERENCE_HEARTBEAT_SECONDS,
      }),
  },
  {
    provide: ShowModels,
    inject: [ModelSlots, FollowDesired, SERVICE_CONFIG],
    useFactory: (slots: ModelSlots, follow: FollowDesired, config: InferenceConfig) =>
      new ShowModels(slots, follow, config.REPLICA_ID),
  },
];

const predictions: Provider[] = [
  {
    provide: PredictionLog,
    inject: [PUBLISHER, STAMP, SERVING_METRICS, LOGGER, SERVICE_CONFIG],
    useFactory: (
      publisher: Publisher,
      stamp: Stamp,
      metrics: ServingMetrics,
      logger: Logger,
      config: InferenceConfig,
    ) =>
      new PredictionLog(publisher, stamp, metrics, logger, {
        replicaId: config.REPLICA_ID,
        capacity: config.PREDICTION_LOG_CAPACITY,
        intervalMs: config.PREDICTION_LOG_INTERVAL_MS,
      }),
  },
  {
    provide: PredictRows,
    inject: [ModelSlots, PredictionLog, SERVING_METRICS, CLOCK, IDS],
    useFactory: (slots: ModelSlots, log: PredictionLog, metrics: ServingMetrics, clock: Clock, newId: IdGenerator) =>
      new PredictRows({ slots, log, metrics, clock, newId }),
  },
  {
    provide: PredictionsConsumer,
    inject: [ROUTER, PIPELINES, PREDICTION_STORE, REFUSALS, SERVICE_CONFIG],
    useFactory: (
      router: Router,
      pipelines: ReadonlyMap<string, Pipeline>,
      store: PredictionStore,
      refusalsOf: RefusalsOf,
      { GROUP_SUFFIX }: InferenceConfig,
    ) => {
      const group = predictionsGroup(GROUP_SUFFIX);
      return new PredictionsConsumer(router, new RecordPredictions(pipelines, store, refusalsOf(group)), group);
    },
  },
];

const grpc: Provider[] = [
  {
    provide: GrpcServer,
    inject: [ModelSlots, PredictRows, LOGGER, SERVICE_CONFIG],
    useFactory: (slots: ModelSlots, predict: PredictRows, logger: Logger, config: InferenceConfig) =>
      new GrpcServer(new OpenInferenceService(slots, predict), logger, {
        host: config.HOST,
        port: config.GRPC_PORT,
        maxMessageBytes: MAX_GRPC_MESSAGE_BYTES,
        graceMs: GRPC_GRACE_MS,
      }),
  },
];

export const inferenceProviders: Provider[] = [...stores, ...serving, ...predictions, PredictRoutes, ...grpc];
