import type { Provider } from '@nestjs/common';
import type { Clock, Consumer, Publisher, RefusalsOf, Router, Stamp } from '@perennial/messaging';
import type { ObjectStore } from '@perennial/object-store';
import type { Pipeline } from '@perennial/pipeline';
import {
  CLOCK,
  CONSUMER,
  DATABASE,
  LOGGER,
  type Logger,
  METRICS,
  OBJECT_STORE,
  PEER_HEADERS,
  type PeerHeaders,
  PIPELINES,
  PUBLISHER,
  Readiness,
  REFUSALS,
  ROUTER,
  SERVICE_ACCESS,
  SERVICE_CONFIG,
  type ServiceAccess,
  STAMP,
} from '@perennial/service';
import type { Connection } from 'mongoose';
import type { Registry } from 'prom-client';
import { EnrichRows } from './application/enrich.rows';
import { FollowDesired } from './application/follow.desired';
import { FollowRegistered } from './application/follow.registered';
import { ModelMemory } from './application/model.memory';
import { ModelSlot } from './application/model.slot';
import { ModelSlots } from './application/model.slots';
import type { LabelStore, PredictionStore, ServedCounts, ServingMetrics } from './application/ports';
import { PredictRows } from './application/predict.rows';
import { PredictionLog } from './application/prediction.log';
import { RecordLabels } from './application/record.labels';
import { RecordPredictions } from './application/record.predictions';
import { ReportReplica } from './application/report.replica';
import { ReportTraffic } from './application/report.traffic';
import { ShowModels } from './application/show.models';
import { enrichmentProviders } from './enrichment.providers';
import type { InferenceConfig } from './inference.config';
import { LABEL_STORE, PREDICTION_STORE, REGISTERED_MODEL, SERVING_METRICS } from './inference.tokens';
import { classifierOpener } from './infrastructure/classifier.opener';
import { DeployerClient } from './infrastructure/deployer.client';
import { DiskDeployedFolder } from './infrastructure/disk.deployed.folder';
import { MongoLabelStore } from './infrastructure/mongo.label.store';
import { MongoPredictionStore } from './infrastructure/mongo.prediction.store';
import { MlflowModels } from './infrastructure/mlflow/mlflow.models';
import { PrometheusMemoryMetrics } from './infrastructure/prometheus.memory.metrics';
import { PrometheusServingMetrics } from './infrastructure/prometheus.serving.metrics';
import { inferenceMethods } from './interface/access.table';
import { accessInterceptor } from './interface/grpc/access.interceptor';
import { GrpcServer } from './interface/grpc/grpc.server';
import { LabelsConsumer, labelsGroup } from './interface/labels.consumer';
import { OpenInferenceService } from './interface/open-inference/open-inference.service';
import { RepositoryService } from './interface/open-inference/repository.service';
import { OpenInferenceRest } from './interface/open-inference/rest.server';
import { PredictRoutes } from './interface/predict.routes';
import { PredictionsConsumer, predictionsGroup } from './interface/predictions.consumer';
import { RolloutsListener } from './interface/rollouts.listener';
import { registeredName, trackingHeaders } from './mlflow.config';

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
    provide: LABEL_STORE,
    // After the predictions' own: labels are put beside them.
    inject: [DATABASE, SERVICE_CONFIG, PREDICTION_STORE],
    useFactory: async (connection: Connection, config: InferenceConfig) => {
      const store = new MongoLabelStore(connection, config.PREDICTION_RETENTION_DAYS);
      await store.prepare();
      return store;
    },
  },
  {
    provide: SERVING_METRICS,
    inject: [METRICS, CLOCK],
    useFactory: (registry: Registry, clock: Clock) =>
      new PrometheusServingMetrics(registry, () => clock.now().getTime()),
  },
];

const MEBIBYTE = 1024 * 1024;

const serving: Provider[] = [
  {
    provide: ModelMemory,
    inject: [METRICS, LOGGER, SERVICE_CONFIG],
    useFactory: (registry: Registry, logger: Logger, config: InferenceConfig) => {
      const { INFERENCE_MODEL_MEMORY_MB: budget = Infinity, INFERENCE_MODEL_WAIT_MS: waitMs } = config;
      const budgetBytes = budget * MEBIBYTE;
      return new ModelMemory({
        budgetBytes,
        waitMs,
        metrics: new PrometheusMemoryMetrics(registry, budgetBytes),
        logger,
      });
    },
  },
  {
    provide: ModelSlots,
    inject: [PIPELINES, ModelMemory, CLOCK, LOGGER, SERVING_METRICS, SERVICE_CONFIG],
    useFactory: (
      pipelines: ReadonlyMap<string, Pipeline>,
      memory: ModelMemory,
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
      const registered = registeredName(config)?.pipeline;
      const slotOf = (pipeline: string) => {
        const { serving: policy, rollout } = pipelines.get(pipeline) ?? {};
        return new ModelSlot({
          pipeline,
          open: classifierOpener(memory, limits, policy?.unknownCategory ?? 'map', metrics),
          now: () => clock.now().getTime(),
          random: Math.random,
          stickyBy: rollout?.stickyBy ?? [],
          follows: pipeline === registered ? 'mlflow' : 'deployer',
          logger,
          retryMs: config.INFERENCE_RETRY_MS,
        });
      };
      const names = new Set([...pipelines.keys(), ...(registered === undefined ? [] : [registered])]);
      return new ModelSlots([...names].map(slotOf));
    },
  },
  {
    provide: FollowDesired,
    inject: [ModelSlots, OBJECT_STORE, LOGGER, SERVICE_CONFIG, PEER_HEADERS],
    useFactory: (
      slots: ModelSlots,
      files: ObjectStore,
      logger: Logger,
      config: InferenceConfig,
      headers: PeerHeaders,
    ) => {
      const { DEPLOYER_URL: url, DEPLOYED_DIR: folder, INFERENCE_DESIRED_INTERVAL_MS: intervalMs } = config;
      const desired = url === undefined ? null : new DeployerClient(url, files, headers);
      return new FollowDesired(slots, desired, new DiskDeployedFolder(folder), logger, intervalMs);
    },
  },
  {
    provide: REGISTERED_MODEL,
    inject: [ModelSlots, PIPELINES, PEER_HEADERS, LOGGER, SERVICE_CONFIG],
    useFactory: (
      slots: ModelSlots,
      pipelines: ReadonlyMap<string, Pipeline>,
      peerHeaders: PeerHeaders,
      logger: Logger,
      config: InferenceConfig,
    ) => {
      const named = registeredName(config);
      const slot = named && slots.get(named.pipeline);
      if (!named || !slot) return null;
      const dataset = pipelines.get(named.pipeline)?.dataset ?? null;
      const { MLFLOW_TRACKING_URI: uri, REGISTRY_URL: own = '' } = config;
      const headers = uri === undefined ? peerHeaders : () => trackingHeaders(config);
      const trackingUrl = (uri ?? own).replace(/\/+$/, '');
      const models = new MlflowModels({ trackingUrl, headers, named, dataset });
      return new FollowRegistered(slot, models, logger, config.INFERENCE_DESIRED_INTERVAL_MS);
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
    provide: ReportTraffic,
    inject: [ModelSlots, LABEL_STORE, PUBLISHER, STAMP, LOGGER, SERVICE_CONFIG],
    useFactory: (
      slots: ModelSlots,
      labels: LabelStore,
      publisher: Publisher,
      stamp: Stamp,
      logger: Logger,
      { REPLICA_ID: replicaId, INFERENCE_OBSERVE_MS: intervalMs }: InferenceConfig,
    ) => new ReportTraffic(slots, labels, publisher, stamp, logger, { replicaId, intervalMs }),
  },
  {
    provide: ShowModels,
    inject: [ModelSlots, FollowDesired, REGISTERED_MODEL, SERVICE_CONFIG],
    useFactory: (
      slots: ModelSlots,
      follow: FollowDesired,
      registered: FollowRegistered | null,
      config: InferenceConfig,
    ) => new ShowModels(slots, follow, config.REPLICA_ID, registered),
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
    inject: [ModelSlots, PredictionLog, SERVING_METRICS, CLOCK, EnrichRows],
    useFactory: (slots: ModelSlots, log: PredictionLog, metrics: ServingMetrics, clock: Clock, enrich: EnrichRows) =>
      new PredictRows({ slots, log, metrics, clock, enrich }),
  },
  {
    provide: PredictionsConsumer,
    inject: [ROUTER, ModelSlots, PREDICTION_STORE, LABEL_STORE, REFUSALS, SERVICE_CONFIG],
    useFactory: (
      router: Router,
      slots: ModelSlots,
      store: PredictionStore,
      labels: LabelStore,
      refusalsOf: RefusalsOf,
      { GROUP_SUFFIX }: InferenceConfig,
    ) => {
      const group = predictionsGroup(GROUP_SUFFIX);
      return new PredictionsConsumer(router, new RecordPredictions(slots, store, labels, refusalsOf(group)), group);
    },
  },
  {
    provide: LabelsConsumer,
    inject: [ROUTER, LABEL_STORE, REFUSALS, SERVICE_CONFIG],
    useFactory: (router: Router, labels: LabelStore, refusalsOf: RefusalsOf, { GROUP_SUFFIX }: InferenceConfig) => {
      const group = labelsGroup(GROUP_SUFFIX);
      return new LabelsConsumer(router, new RecordLabels(labels, refusalsOf(group)), group);
    },
  },
];

const protocols: Provider[] = [
  {
    provide: OpenInferenceService,
    inject: [ModelSlots, PredictRows, EnrichRows, SERVING_METRICS, Readiness, SERVICE_CONFIG],
    useFactory: (
      slots: ModelSlots,
      predict: PredictRows,
      enrich: EnrichRows,
      counts: ServedCounts,
      readiness: Readiness,
      { INFERENCE_MAX_ROWS: maxRows }: InferenceConfig,
    ) => new OpenInferenceService({ slots, predict, enrich, counts, maxRows, isReady: () => isReady(readiness) }),
  },
  {
    provide: RepositoryService,
    inject: [ModelSlots, ShowModels],
    useFactory: (slots: ModelSlots, models: ShowModels) => new RepositoryService(slots, models),
  },
  PredictRoutes,
  OpenInferenceRest,
  {
    provide: GrpcServer,
    inject: [OpenInferenceService, RepositoryService, LOGGER, SERVICE_CONFIG, SERVICE_ACCESS],
    useFactory: (
      inference: OpenInferenceService,
      repository: RepositoryService,
      logger: Logger,
      config: InferenceConfig,
      { guard, tls }: ServiceAccess,
    ) =>
      new GrpcServer(inference, repository, logger, {
        host: config.HOST,
        port: config.GRPC_PORT,
        maxMessageBytes: MAX_GRPC_MESSAGE_BYTES,
        graceMs: GRPC_GRACE_MS,
        tls,
        interceptors: guard && [accessInterceptor(guard, inferenceMethods)],
      }),
  },
];

const isReady = async (readiness: Readiness): Promise<boolean> => (await readiness.report()).ready;

export const inferenceProviders: Provider[] = [
  ...stores,
  ...serving,
  ...enrichmentProviders,
  ...predictions,
  ...protocols,
];
