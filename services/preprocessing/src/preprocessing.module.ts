import { Module } from '@nestjs/common';
import type { Clock, IdGenerator, Transactor } from '@perennial/messaging';
import type { LeaseStore } from '@perennial/messaging-mongo';
import type { ObjectStore } from '@perennial/object-store';
import type { Pipeline } from '@perennial/pipeline';
import {
  CLOCK,
  DATABASE,
  IDS,
  LEASES,
  LOGGER,
  type Logger,
  METRICS,
  OBJECT_STORE,
  PIPELINES,
  SERVICE_CONFIG,
  TRANSACTOR,
  WorkBell,
} from '@perennial/service';
import type { Connection } from 'mongoose';
import type { Registry } from 'prom-client';
import { BatchEncoder } from './application/batch.encoder';
import type { BatchStore, MetadataStore } from './application/ports';
import { PrepareBatch } from './application/prepare.batch';
import { QueueBatch } from './application/queue.batch';
import { pipelinesByDataset } from './domain/dataset.preprocessing';
import { MongoBatchStore } from './infrastructure/mongo.batch.store';
import { MongoMetadataStore } from './infrastructure/mongo.metadata.store';
import { PreparationWorker } from './infrastructure/preparation.worker';
import { prometheusMetrics } from './infrastructure/prometheus.metrics';
import { ThreadedCompute } from './infrastructure/threaded.compute';
import { BatchClosedConsumer } from './interface/batch-closed.consumer';
import { PreprocessingController } from './interface/preprocessing.controller';
import type { PreprocessingConfig } from './preprocessing.config';
import { BATCH_STORE, DATASETS, METADATA_STORE } from './preprocessing.tokens';

const LEASE_MS = 30_000;

type Datasets = ReadonlyMap<string, Pipeline>;

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
      provide: DATASETS,
      inject: [PIPELINES],
      useFactory: (pipelines: ReadonlyMap<string, Pipeline>) => pipelinesByDataset(pipelines.values()),
    },
    WorkBell,
    {
      provide: QueueBatch,
      inject: [DATASETS, BATCH_STORE, TRANSACTOR, WorkBell],
      useFactory: (datasets: Datasets, batches: BatchStore, transactor: Transactor, bell: WorkBell) =>
        new QueueBatch(datasets, batches, transactor, bell.ring),
    },
    {
      provide: PrepareBatch,
      inject: [DATASETS, METADATA_STORE, BATCH_STORE, OBJECT_STORE, TRANSACTOR, CLOCK, LOGGER],
      useFactory: (
        pipelines: Datasets,
        metadata: MetadataStore,
        batches: BatchStore,
        files: ObjectStore,
        transactor: Transactor,
        clock: Clock,
        logger: Logger,
      ) => {
        const encoder = new BatchEncoder(files, new ThreadedCompute(files));
        return new PrepareBatch({ pipelines, metadata, batches, encoder, transactor, clock, logger });
      },
    },
    {
      provide: PreparationWorker,
      inject: [PrepareBatch, BATCH_STORE, WorkBell, LEASES, CLOCK, LOGGER, IDS, METRICS, SERVICE_CONFIG],
      useFactory: (
        prepare: PrepareBatch,
        batches: BatchStore,
        bell: WorkBell,
        leases: LeaseStore,
        clock: Clock,
        logger: Logger,
        newId: IdGenerator,
        registry: Registry,
        config: PreprocessingConfig,
      ) =>
        new PreparationWorker(prepare, batches, {
          ...{ leases, clock, logger, newId, bell, leaseMs: LEASE_MS, random: Math.random },
          ...{ concurrency: config.PREPARATION_CONCURRENCY, pollMs: config.PREPARATION_POLL_MS },
          metrics: prometheusMetrics(registry),
        }),
    },
  ],
})
export class PreprocessingModule {}
