import type { Provider } from '@nestjs/common';
import type { Clock, Consumer, Publisher, Stamp } from '@perennial/messaging';
import type { TrialMemory } from '@perennial/model-runtime';
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
  SERVICE_CONFIG,
  STAMP,
} from '@perennial/service';
import type { Connection } from 'mongoose';
import type { Registry } from 'prom-client';
import { FollowDesired } from './application/follow.desired';
import { FollowRegistered } from './application/follow.registered';
import { KeptResponses } from './application/kept.responses';
import { ModelMemory } from './application/model.memory';
import { ModelSlot } from './application/model.slot';
import { ModelSlots } from './application/model.slots';
import type { LabelStore, ServingMetrics } from './application/ports';
import { ReportReplica } from './application/report.replica';
import { ReportTraffic } from './application/report.traffic';
import { ShowModels } from './application/show.models';
import type { InferenceConfig } from './inference.config';
import { LABEL_STORE, REGISTERED_MODEL, SERVING_METRICS, TRIAL_MEMORY } from './inference.tokens';
import { classifierOpener } from './infrastructure/classifier.opener';
import { DeployerClient } from './infrastructure/deployer.client';
import { DiskDeployedFolder } from './infrastructure/disk.deployed.folder';
import { MlflowModels } from './infrastructure/mlflow/mlflow.models';
import { MongoTrialMemory } from './infrastructure/mongo.trial.memory';
import { PrometheusMemoryMetrics } from './infrastructure/prometheus.memory.metrics';
import { RolloutsListener } from './interface/rollouts.listener';
import { registeredName, trackingHeaders } from './mlflow.config';

const MEBIBYTE = 1024 * 1024;

/** The models in memory, what they follow, and what is told of them. */
export const servingProviders: Provider[] = [
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
    provide: TRIAL_MEMORY,
    inject: [DATABASE, LOGGER, CLOCK],
    useFactory: async (connection: Connection, logger: Logger, clock: Clock) => {
      const memory = new MongoTrialMemory(connection, logger, () => clock.now());
      await memory.prepare();
      return memory;
    },
  },
  {
    provide: ModelSlots,
    inject: [PIPELINES, ModelMemory, TRIAL_MEMORY, CLOCK, LOGGER, SERVING_METRICS, SERVICE_CONFIG],
    useFactory: (
      pipelines: ReadonlyMap<string, Pipeline>,
      memory: ModelMemory,
      trials: TrialMemory,
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
        trials,
      };
      const registered = registeredName(config)?.pipeline;
      const slotOf = (pipeline: string) => {
        const { serving: policy, rollout } = pipelines.get(pipeline) ?? {};
        const bounds = policy?.responseCache;
        const responses = bounds ? new KeptResponses(bounds, () => performance.now()) : null;
        return new ModelSlot({
          pipeline,
          open: classifierOpener(memory, limits, policy?.unknownCategory ?? 'map', metrics, responses),
          now: () => clock.now().getTime(),
          random: Math.random,
          stickyBy: rollout?.stickyBy ?? [],
          loggedInputs: policy?.loggedInputs ?? 'digest',
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
