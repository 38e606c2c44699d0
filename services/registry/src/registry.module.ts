import { Module } from '@nestjs/common';
import type { Clock, Transactor } from '@perennial/messaging';
import type { ObjectStore } from '@perennial/object-store';
import type { Pipeline } from '@perennial/pipeline';
import { CLOCK, DATABASE, OBJECT_STORE, PIPELINES, TRANSACTOR } from '@perennial/service';
import type { Connection } from 'mongoose';
import { DecideApproval } from './application/decide.approval';
import type { VersionStore } from './application/ports';
import { RecordRollout } from './application/record.rollout';
import { RegisterVersion } from './application/register.version';
import { ShowVersions } from './application/show.versions';
import { MongoVersionStore } from './infrastructure/mongo.version.store';
import { readOnnxSignature } from './infrastructure/onnx.signature';
import { ModelsController } from './interface/models.controller';
import { PromotionConsumer } from './interface/promotion.consumer';
import { RolloutConsumer } from './interface/rollout.consumer';
import { VERSION_STORE } from './registry.tokens';

type Pipelines = ReadonlyMap<string, Pipeline>;

@Module({
  controllers: [PromotionConsumer, RolloutConsumer, ModelsController],
  providers: [
    {
      provide: VERSION_STORE,
      inject: [DATABASE],
      useFactory: async (connection: Connection): Promise<VersionStore> => {
        const store = new MongoVersionStore(connection);
        await store.prepare();
        return store;
      },
    },
    {
      provide: RegisterVersion,
      inject: [VERSION_STORE, PIPELINES, OBJECT_STORE],
      useFactory: (versions: VersionStore, pipelines: Pipelines, files: ObjectStore) =>
        new RegisterVersion(versions, pipelines, files, readOnnxSignature),
    },
    {
      provide: RecordRollout,
      inject: [VERSION_STORE, PIPELINES],
      useFactory: (versions: VersionStore, pipelines: Pipelines) => new RecordRollout(versions, pipelines),
    },
    {
      provide: DecideApproval,
      inject: [VERSION_STORE, PIPELINES, TRANSACTOR, CLOCK],
      useFactory: (versions: VersionStore, pipelines: Pipelines, transactor: Transactor, clock: Clock) =>
        new DecideApproval(versions, pipelines, transactor, clock),
    },
    {
      provide: ShowVersions,
      inject: [VERSION_STORE, PIPELINES, OBJECT_STORE],
      useFactory: (versions: VersionStore, pipelines: Pipelines, files: ObjectStore) =>
        new ShowVersions(versions, pipelines, files),
    },
  ],
})
export class RegistryModule {}
