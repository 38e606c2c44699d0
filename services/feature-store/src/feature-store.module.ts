import {
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { Clock } from '@perennial/messaging';
import type { ObjectStore } from '@perennial/object-store';
import type { Pipeline } from '@perennial/pipeline';
import {
  CLOCK,
  DATABASE,
  LOGGER,
  type Logger,
  OBJECT_STORE,
  PIPELINES,
  PollLoop,
  SERVICE_CONFIG,
} from '@perennial/service';
import type { Connection } from 'mongoose';
import { AddBatch } from './application/add.batch';
import { MaterialiseViews } from './application/materialise.views';
import type { OnlineStore, ViewStore } from './application/ports';
import { ReadOnline } from './application/read.online';
import { ReadView } from './application/read.view';
import { entityIndexes } from './domain/entity.index';
import type { FeatureStoreConfig } from './feature-store.config';
import { MATERIALISING, ONLINE_STORE, VIEW_STORE } from './feature-store.tokens';
import { DuckdbEngine } from './infrastructure/duckdb.engine';
import { LmdbOnlineStore } from './infrastructure/lmdb.online.store';
import { LocalBatchFiles } from './infrastructure/local.batch.files';
import { MongoViewStore } from './infrastructure/mongo.view.store';
import { BatchPreparedConsumer } from './interface/batch-prepared.consumer';
import { OnlineController } from './interface/online.controller';
import { ViewsController } from './interface/views.controller';

/** Ready before the first event is handled. */
async function prepared<S extends { prepare(): Promise<void> }>(store: S): Promise<S> {
  await store.prepare();
  return store;
}

@Module({
  controllers: [BatchPreparedConsumer, ViewsController, OnlineController],
  providers: [
    {
      provide: VIEW_STORE,
      inject: [DATABASE],
      useFactory: (connection: Connection) => prepared(new MongoViewStore(connection)),
    },
    {
      provide: LocalBatchFiles,
      inject: [SERVICE_CONFIG, OBJECT_STORE],
      useFactory: (config: FeatureStoreConfig, store: ObjectStore) =>
        prepared(new LocalBatchFiles(config.FEATURE_STORE_DIR, store)),
    },
    {
      provide: DuckdbEngine,
      inject: [SERVICE_CONFIG, LocalBatchFiles],
      useFactory: (config: FeatureStoreConfig, files: LocalBatchFiles) =>
        DuckdbEngine.create({
          threads: config.FEATURE_STORE_THREADS,
          memoryLimit: config.FEATURE_STORE_MEMORY,
          temporaryDirectory: files.folder('scratch'),
        }),
    },
    {
      provide: AddBatch,
      inject: [PIPELINES, VIEW_STORE, LocalBatchFiles, DuckdbEngine, CLOCK],
      useFactory: (
        pipelines: ReadonlyMap<string, Pipeline>,
        views: ViewStore,
        files: LocalBatchFiles,
        engine: DuckdbEngine,
        clock: Clock,
      ) => new AddBatch(pipelines, views, files, engine, clock),
    },
    {
      provide: ReadView,
      inject: [VIEW_STORE, LocalBatchFiles, DuckdbEngine],
      useFactory: (views: ViewStore, files: LocalBatchFiles, engine: DuckdbEngine) =>
        new ReadView(views, files, engine),
    },
    {
      provide: ONLINE_STORE,
      inject: [PIPELINES, LocalBatchFiles],
      // No file where no pipeline looks anything up here.
      useFactory: (pipelines: ReadonlyMap<string, Pipeline>, files: LocalBatchFiles) =>
        entityIndexes(pipelines.values()).length > 0 ? LmdbOnlineStore.create(files.folder('online')) : null,
    },
    {
      provide: MaterialiseViews,
      inject: [PIPELINES, VIEW_STORE, LocalBatchFiles, DuckdbEngine, ONLINE_STORE, LOGGER],
      useFactory: (
        pipelines: ReadonlyMap<string, Pipeline>,
        views: ViewStore,
        files: LocalBatchFiles,
        engine: DuckdbEngine,
        online: OnlineStore | null,
        logger: Logger,
      ) => {
        const indexes = entityIndexes(pipelines.values());
        return online && new MaterialiseViews({ indexes, views, files, engine, online, logger });
      },
    },
    {
      provide: ReadOnline,
      inject: [PIPELINES, ONLINE_STORE, MaterialiseViews],
      useFactory: (
        pipelines: ReadonlyMap<string, Pipeline>,
        online: OnlineStore | null,
        materialise: MaterialiseViews | null,
      ) => new ReadOnline(pipelines.values(), online, () => materialise?.isComplete() ?? true),
    },
    {
      provide: MATERIALISING,
      inject: [MaterialiseViews, LOGGER, SERVICE_CONFIG],
      useFactory: (
        materialise: MaterialiseViews | null,
        logger: Logger,
        { FEATURE_STORE_ONLINE_INTERVAL_MS: everyMs }: FeatureStoreConfig,
      ) => {
        const options = { name: 'online features', everyMs, logger, random: Math.random };
        return materialise && new PollLoop(options, (signal) => materialise.run(signal));
      },
    },
  ],
})
export class FeatureStoreModule implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  constructor(
    @Inject(DuckdbEngine) private readonly engine: DuckdbEngine,
    @Inject(MATERIALISING) private readonly materialising: PollLoop | null,
    @Inject(ONLINE_STORE) private readonly online: OnlineStore | null,
  ) {}

  onApplicationBootstrap(): void {
    this.materialising?.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.materialising?.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    this.engine.close();
    await this.online?.close();
  }
}
