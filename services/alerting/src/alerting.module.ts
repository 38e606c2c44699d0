import { Module, type Provider } from '@nestjs/common';
import type { Clock, IdGenerator, Transactor } from '@perennial/messaging';
import type { LeaseStore } from '@perennial/messaging-mongo';
import type { Pipeline } from '@perennial/pipeline';
import {
  CLOCK,
  DATABASE,
  IDS,
  LEASES,
  LOGGER,
  METRICS,
  PIPELINES,
  SERVICE_CONFIG,
  TRANSACTOR,
  type Logger,
} from '@perennial/service';
import type { Connection } from 'mongoose';
import type { Registry } from 'prom-client';
import type { AlertingConfig } from './alerting.config';
import { AcknowledgeAlert } from './application/acknowledge.alert';
import { Channels } from './application/channel';
import { DeliverNotifications } from './application/deliver.notifications';
import { RecordIncidents } from './application/record.incidents';
import { ShowAlerts } from './application/show.alerts';
import { WatchPipelines } from './application/watch.pipelines';
import { unconfiguredRoutes } from './domain/alert.routes';
import { configuredChannels } from './infrastructure/configured.channels';
import { deliveryCounter } from './infrastructure/delivery.metrics';
import { DeliveryWorker } from './infrastructure/delivery.worker';
import { MongoAlertStore } from './infrastructure/mongo.alert.store';
import { MongoNotificationStore } from './infrastructure/mongo.notification.store';
import { AlertsController } from './interface/alerts.controller';
import { CycleConsumer } from './interface/cycle.consumer';
import { RolloutConsumer } from './interface/rollout.consumer';

type Pipelines = ReadonlyMap<string, Pipeline>;

// Stores are prepared while the module is built: no event arrives before the collections exist.
const stores: Provider[] = [
  {
    provide: MongoAlertStore,
    inject: [DATABASE],
    useFactory: async (connection: Connection) => {
      const store = new MongoAlertStore(connection);
      await store.prepare();
      return store;
    },
  },
  {
    provide: MongoNotificationStore,
    inject: [DATABASE],
    useFactory: async (connection: Connection) => {
      const store = new MongoNotificationStore(connection);
      await store.prepare();
      return store;
    },
  },
];

const channels: Provider = {
  provide: Channels,
  inject: [SERVICE_CONFIG, CLOCK, PIPELINES, LOGGER],
  useFactory: (config: AlertingConfig, clock: Clock, pipelines: Pipelines, logger: Logger) => {
    const configured = new Channels(configuredChannels(config, clock));
    for (const route of unconfiguredRoutes(pipelines.values(), (name) => configured.abilities(name) !== undefined)) {
      logger.warn(route, 'an alert route names a channel that is not configured: its notifications are skipped');
    }
    return configured;
  },
};

const incidents: Provider[] = [
  {
    provide: WatchPipelines,
    inject: [MongoAlertStore, MongoNotificationStore, Channels, PIPELINES],
    useFactory: (
      alerts: MongoAlertStore,
      notifications: MongoNotificationStore,
      known: Channels,
      pipelines: Pipelines,
    ) => new WatchPipelines(new RecordIncidents(alerts, notifications, known, pipelines)),
  },
  {
    provide: AcknowledgeAlert,
    inject: [MongoAlertStore, MongoNotificationStore, Channels, TRANSACTOR, CLOCK],
    useFactory: (
      alerts: MongoAlertStore,
      notifications: MongoNotificationStore,
      known: Channels,
      transactor: Transactor,
      clock: Clock,
    ) => new AcknowledgeAlert(alerts, notifications, known, transactor, clock),
  },
  {
    provide: ShowAlerts,
    inject: [MongoAlertStore, MongoNotificationStore],
    useFactory: (alerts: MongoAlertStore, notifications: MongoNotificationStore) =>
      new ShowAlerts(alerts, notifications),
  },
];

const delivery: Provider[] = [
  {
    provide: DeliverNotifications,
    inject: [MongoAlertStore, MongoNotificationStore, TRANSACTOR, CLOCK, LOGGER, METRICS, SERVICE_CONFIG],
    useFactory: (
      alerts: MongoAlertStore,
      notifications: MongoNotificationStore,
      transactor: Transactor,
      clock: Clock,
      logger: Logger,
      registry: Registry,
      config: AlertingConfig,
    ) =>
      new DeliverNotifications(alerts, notifications, transactor, clock, logger, {
        retry: {
          initialMs: config.NOTIFICATION_BACKOFF_MS,
          maximumMs: config.NOTIFICATION_BACKOFF_MAXIMUM_MS,
          lateMs: config.NOTIFICATION_LATE_MS,
        },
        random: Math.random,
        observe: deliveryCounter(registry),
      }),
  },
  {
    provide: DeliveryWorker,
    inject: [DeliverNotifications, Channels, LEASES, LOGGER, IDS, SERVICE_CONFIG],
    useFactory: (
      deliver: DeliverNotifications,
      known: Channels,
      leases: LeaseStore,
      logger: Logger,
      newId: IdGenerator,
      config: AlertingConfig,
    ) =>
      new DeliveryWorker(deliver, known.all(), {
        ...{ leases, logger, newId, random: Math.random },
        pollMs: config.NOTIFICATION_POLL_MS,
        leaseMs: Math.max(15_000, 3 * config.NOTIFICATION_TIMEOUT_MS),
      }),
  },
];

@Module({
  controllers: [CycleConsumer, RolloutConsumer, AlertsController],
  providers: [...stores, channels, ...incidents, ...delivery],
})
export class AlertingModule {}
