import { randomInt } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import {
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { SerialQueue } from '@perennial/compute-thread';
import { topics } from '@perennial/contracts';
import type { Clock, ProgressReader, Publisher, RefusalsOf, Router, Stamp, Transactor } from '@perennial/messaging';
import type { ObjectStore } from '@perennial/object-store';
import type { Pipeline } from '@perennial/pipeline';
import {
  CLOCK,
  DATABASE,
  LOGGER,
  METRICS,
  type Logger,
  OBJECT_STORE,
  PIPELINES,
  PollLoop,
  PROGRESS,
  PUBLISHER,
  REFUSALS,
  ROUTER,
  SERVICE_CONFIG,
  STAMP,
  TRANSACTOR,
} from '@perennial/service';
import type { Connection } from 'mongoose';
import type { Registry } from 'prom-client';
import { Admission } from './application/admission';
import { BacklogWatch } from './application/backlog.watch';
import { BatchAssembly } from './application/batch.assembly';
import { CloseDay } from './application/close.day';
import { ClosingTimer } from './application/closing.timer';
import { DatasetCatalogue } from './application/dataset.catalogue';
import type { DayStore, QuarantineStore, RowStore } from './application/ports';
import { PushRecords } from './application/push.records';
import { TakeSlice } from './application/take.slice';
import { MongoDayStore } from './infrastructure/mongo.day.store';
import { MongoQuarantineStore } from './infrastructure/mongo.quarantine.store';
import { MongoRowStore } from './infrastructure/mongo.row.store';
import { PrometheusMetrics } from './infrastructure/prometheus.metrics';
import { ThreadedEncoding } from './infrastructure/threaded.encoding';
import { ThreadedSifter } from './infrastructure/threaded.sifter';
import type { IngestionConfig } from './ingestion.config';
import { BACKLOG_LOOP, DAY_STORE, QUARANTINE_STORE, ROW_STORE } from './ingestion.tokens';
import { DatasetsController } from './interface/datasets.controller';
import { RecordsConsumer, recordsGroup } from './interface/records.consumer';
import { RecordsController } from './interface/records.controller';

/** A store whose collection exists before the first record is consumed. */
async function prepared<S extends { prepare(): Promise<void> }>(store: S): Promise<S> {
  await store.prepare();
  return store;
}

/** Where the broker's progress is not known, everything is let through. */
const nothingWaits: ProgressReader = { read: async () => ({ lag: 0, handled: 0 }) };

/** How often a push that waits looks whether it may go on. */
const PUSH_PAUSE_MS = 250;

@Module({
  controllers: [RecordsController, DatasetsController],
  providers: [
    {
      provide: DAY_STORE,
      inject: [DATABASE],
      useFactory: (connection: Connection) => prepared(new MongoDayStore(connection)),
    },
    {
      provide: ROW_STORE,
      inject: [DATABASE],
      useFactory: (connection: Connection) => prepared(new MongoRowStore(connection)),
    },
    {
      provide: QUARANTINE_STORE,
      inject: [DATABASE],
      useFactory: (connection: Connection) => prepared(new MongoQuarantineStore(connection)),
    },
    SerialQueue,
    {
      provide: PrometheusMetrics,
      inject: [METRICS],
      useFactory: (registry: Registry) => new PrometheusMetrics(registry),
    },
    {
      provide: DatasetCatalogue,
      inject: [PIPELINES],
      useFactory: (pipelines: ReadonlyMap<string, Pipeline>) => new DatasetCatalogue(pipelines.values()),
    },
    {
      provide: BatchAssembly,
      inject: [DatasetCatalogue, ROW_STORE, QUARANTINE_STORE, OBJECT_STORE],
      useFactory: (catalogue: DatasetCatalogue, rows: RowStore, quarantine: QuarantineStore, files: ObjectStore) =>
        new BatchAssembly(catalogue, rows, quarantine, files, {
          encoding: new ThreadedEncoding(),
          seed: randomInt(2 ** 32),
        }),
    },
    {
      provide: CloseDay,
      inject: [DatasetCatalogue, DAY_STORE, BatchAssembly, TRANSACTOR, SerialQueue, PrometheusMetrics, CLOCK],
      useFactory: (
        catalogue: DatasetCatalogue,
        days: DayStore,
        assembly: BatchAssembly,
        transactor: Transactor,
        queue: SerialQueue,
        metrics: PrometheusMetrics,
        clock: Clock,
      ) => new CloseDay({ catalogue, days, assembly, transactor, queue, metrics, clock }),
    },
    {
      provide: ClosingTimer,
      inject: [DAY_STORE, CloseDay, CLOCK, LOGGER, SERVICE_CONFIG],
      useFactory: (days: DayStore, closeDay: CloseDay, clock: Clock, logger: Logger, config: IngestionConfig) =>
        new ClosingTimer(days, closeDay, clock, logger, {
          intervalMs: config.INGESTION_CLOSING_INTERVAL_MS,
          pauseMs: config.INGESTION_CLOSING_PAUSE_MS,
        }),
    },
    {
      provide: ThreadedSifter,
      inject: [DatasetCatalogue],
      useFactory: (catalogue: DatasetCatalogue) => new ThreadedSifter(catalogue),
    },
    {
      provide: TakeSlice,
      inject: [
        DatasetCatalogue,
        ThreadedSifter,
        DAY_STORE,
        ROW_STORE,
        QUARANTINE_STORE,
        REFUSALS,
        TRANSACTOR,
        SerialQueue,
        PrometheusMetrics,
        CLOCK,
        ClosingTimer,
        SERVICE_CONFIG,
      ],
      useFactory: (
        catalogue: DatasetCatalogue,
        sifter: ThreadedSifter,
        days: DayStore,
        rows: RowStore,
        quarantine: QuarantineStore,
        refusalsOf: RefusalsOf,
        transactor: Transactor,
        queue: SerialQueue,
        metrics: PrometheusMetrics,
        clock: Clock,
        timer: ClosingTimer,
        config: IngestionConfig,
      ) =>
        new TakeSlice({
          catalogue,
          sifter,
          days,
          rows,
          quarantine,
          refusals: refusalsOf(recordsGroup(config.GROUP_SUFFIX)),
          transactor,
          queue,
          metrics,
          clock,
          onDue: () => timer.wake(),
        }),
    },
    {
      provide: RecordsConsumer,
      inject: [ROUTER, TakeSlice, SERVICE_CONFIG],
      useFactory: (router: Router, take: TakeSlice, config: IngestionConfig) =>
        new RecordsConsumer(router, take, recordsGroup(config.GROUP_SUFFIX)),
    },
    {
      provide: BacklogWatch,
      inject: [{ token: PROGRESS, optional: true }, PrometheusMetrics, CLOCK, SERVICE_CONFIG],
      useFactory: (
        progress: ProgressReader | undefined,
        metrics: PrometheusMetrics,
        clock: Clock,
        config: IngestionConfig,
      ) =>
        new BacklogWatch(
          progress ?? nothingWaits,
          { group: recordsGroup(config.GROUP_SUFFIX), topics: [topics.records.name] },
          { messages: config.INGESTION_BACKLOG_MESSAGES, seconds: config.INGESTION_BACKLOG_SECONDS },
          metrics,
          clock,
        ),
    },
    {
      provide: BACKLOG_LOOP,
      inject: [BacklogWatch, LOGGER, SERVICE_CONFIG],
      useFactory: (watch: BacklogWatch, logger: Logger, config: IngestionConfig) =>
        new PollLoop(
          { name: 'backlog', everyMs: config.INGESTION_BACKLOG_INTERVAL_MS, logger, random: Math.random },
          () => watch.look(),
        ),
    },
    {
      provide: PushRecords,
      inject: [PUBLISHER, STAMP, BacklogWatch, SERVICE_CONFIG],
      useFactory: (publisher: Publisher, stamp: Stamp, watch: BacklogWatch, config: IngestionConfig) =>
        new PushRecords(
          publisher,
          stamp,
          new Admission(watch, { waitMs: config.INGESTION_PUSH_WAIT_MS, pauseMs: PUSH_PAUSE_MS, pause: setTimeout }),
        ),
    },
  ],
})
export class IngestionModule implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  constructor(
    @Inject(ClosingTimer) private readonly timer: ClosingTimer,
    @Inject(DAY_STORE) private readonly days: DayStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ThreadedSifter) private readonly sifter: ThreadedSifter,
    @Inject(BACKLOG_LOOP) private readonly backlog: PollLoop,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.days.makeOpenDaysDue(this.clock.now());
    this.timer.start();
    this.backlog.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.timer.stop();
    await this.backlog.stop();
  }

  /** After the consumers have stopped: they judge their last slices in it. */
  async onApplicationShutdown(): Promise<void> {
    await this.sifter.close();
  }
}
