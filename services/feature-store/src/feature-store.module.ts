import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Clock } from '@perennial/messaging';
import type { ObjectStore } from '@perennial/object-store';
import type { Pipeline } from '@perennial/pipeline';
import { CLOCK, DATABASE, OBJECT_STORE, PIPELINES, SERVICE_CONFIG } from '@perennial/service';
import type { Connection } from 'mongoose';
import { AddBatch } from './application/add.batch';
import type { ViewStore } from './application/ports';
import { ReadView } from './application/read.view';
import type { FeatureStoreConfig } from './feature-store.config';
import { VIEW_STORE } from './feature-store.tokens';
import { DuckdbEngine } from './infrastructure/duckdb.engine';
import { LocalBatchFiles } from './infrastructure/local.batch.files';
import { MongoViewStore } from './infrastructure/mongo.view.store';
import { BatchPreparedConsumer } from './interface/batch-prepared.consumer';
import { ViewsController } from './interface/views.controller';

/** Ready before the first event is handled. */
async function prepared<S extends { prepare(): Promise<void> }>(store: S): Promise<S> {
  await store.prepare();
  return store;
}

@Module({
  controllers: [BatchPreparedConsumer, ViewsController],
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
  ],
})
export class FeatureStoreModule implements OnApplicationShutdown {
  constructor(@Inject(DuckdbEngine) private readonly engine: DuckdbEngine) {}

  onApplicationShutdown(): void {
    this.engine.close();
  }
}
