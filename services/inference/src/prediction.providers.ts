import type { Provider } from '@nestjs/common';
import type { Clock, Publisher, RefusalsOf, Router, Stamp } from '@perennial/messaging';
import {
  CLOCK,
  DATABASE,
  LOGGER,
  type Logger,
  METRICS,
  PUBLISHER,
  REFUSALS,
  ROUTER,
  SERVICE_CONFIG,
  STAMP,
} from '@perennial/service';
import type { Connection } from 'mongoose';
import type { Registry } from 'prom-client';
import { EnrichRows } from './application/enrich.rows';
import { ModelSlots } from './application/model.slots';
import type { LabelStore, PredictionStore, ServingMetrics } from './application/ports';
import { PredictRows } from './application/predict.rows';
import { PredictionLog } from './application/prediction.log';
import { RecordLabels } from './application/record.labels';
import { RecordPredictions } from './application/record.predictions';
import type { InferenceConfig } from './inference.config';
import { LABEL_STORE, PREDICTION_STORE, SERVING_METRICS } from './inference.tokens';
import { MongoLabelStore } from './infrastructure/mongo.label.store';
import { MongoPredictionStore } from './infrastructure/mongo.prediction.store';
import { PrometheusServingMetrics } from './infrastructure/prometheus.serving.metrics';
import { LabelsConsumer, labelsGroup } from './interface/labels.consumer';
import { PredictionsConsumer, predictionsGroup } from './interface/predictions.consumer';

/** Where predictions and what became of them are kept. */
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

/** How a prediction is made, logged, stored and labelled. */
export const predictionProviders: Provider[] = [
  ...stores,
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
    inject: [ModelSlots, PredictionLog, SERVING_METRICS, CLOCK, EnrichRows, SERVICE_CONFIG],
    useFactory: (
      slots: ModelSlots,
      log: PredictionLog,
      metrics: ServingMetrics,
      clock: Clock,
      enrich: EnrichRows,
      { INFERENCE_MAX_ROWS: maxRows }: InferenceConfig,
    ) => new PredictRows({ slots, log, metrics, clock, enrich, maxRows }),
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
