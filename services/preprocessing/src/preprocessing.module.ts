import { Module } from '@nestjs/common';
import type { Clock } from '@perennial/messaging';
import type { ObjectStore } from '@perennial/object-store';
import type { Pipeline } from '@perennial/pipeline';
import { CLOCK, DATABASE, OBJECT_STORE, PIPELINES } from '@perennial/service';
import type { Connection } from 'mongoose';
import { BatchEncoder } from './application/batch.encoder';
import type { BatchStore, MetadataStore } from './application/ports';
import { PrepareBatch } from './application/prepare.batch';
import { pipelinesByDataset } from './domain/dataset.preprocessing';
import { MongoBatchStore } from './infrastructure/mongo.batch.store';
import { MongoMetadataStore } from './infrastructure/mongo.metadata.store';
import { ThreadedCompute } from './infrastructure/threaded.compute';
import { BatchClosedConsumer } from './interface/batch-closed.consumer';
import { PreprocessingController } from './interface/preprocessing.controller';
import { BATCH_STORE, METADATA_STORE } from './preprocessing.tokens';

/** A store whose collection exists before the first event is handled. */
async function prepared<S extends { prepare(): Promise<void> }>(store: S): Promise<S> {
  await store.prepare();
  return store;
}

@Module({
  controllers: [BatchClosedConsumer, PreprocessingController],
  providers: [
    {
      provide: METADATA_STORE,
      inject: [DATABASE],
      useFactory: (connection: Connection) => prepared(new MongoMetadataStore(connection)),
    },
    {
      provide: BATCH_STORE,
      inject: [DATABASE],
      useFactory: (connection: Connection) => prepared(new MongoBatchStore(connection)),
    },
    {
      provide: PrepareBatch,
      inject: [PIPELINES, METADATA_STORE, BATCH_STORE, OBJECT_STORE, CLOCK],
      useFactory: (
        pipelines: ReadonlyMap<string, Pipeline>,
        metadata: MetadataStore,
        batches: BatchStore,
        files: ObjectStore,
        clock: Clock,
      ) =>
        new PrepareBatch({
          pipelines: pipelinesByDataset(pipelines.values()),
          metadata,
          batches,
          encoder: new BatchEncoder(files, new ThreadedCompute(files)),
          clock,
        }),
    },
  ],
})
export class PreprocessingModule {}
