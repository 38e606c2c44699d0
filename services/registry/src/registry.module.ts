import { Module, type Provider } from '@nestjs/common';
import type { Clock, Transactor } from '@perennial/messaging';
import type { ObjectStore } from '@perennial/object-store';
import type { Pipeline } from '@perennial/pipeline';
import { CLOCK, DATABASE, OBJECT_STORE, PIPELINES, TRANSACTOR } from '@perennial/service';
import type { Connection } from 'mongoose';
import { ConcludeSubmission } from './application/conclude.submission';
import { DecideApproval } from './application/decide.approval';
import type { SubmissionStore, VersionStore } from './application/ports';
import { RecordRollout } from './application/record.rollout';
import { RegisterVersion } from './application/register.version';
import { ShowMlflow } from './application/show.mlflow';
import { ShowSubmissions } from './application/show.submissions';
import { ShowVersions } from './application/show.versions';
import { SubmitModel } from './application/submit.model';
import { VersionRegistration } from './application/version.registration';
import { MongoSubmissionStore } from './infrastructure/mongo.submission.store';
import { MongoVersionStore } from './infrastructure/mongo.version.store';
import { readOnnxSignature } from './infrastructure/onnx.signature';
import { prepareModel } from './infrastructure/submitted.model';
import { MlflowArtifactsController } from './interface/mlflow/mlflow.artifacts.controller';
import { MlflowController } from './interface/mlflow/mlflow.controller';
import { ModelsController } from './interface/models.controller';
import { PromotionConsumer } from './interface/promotion.consumer';
import { RolloutConsumer } from './interface/rollout.consumer';
import { SubmissionConsumer } from './interface/submission.consumer';
import { SubmissionsController } from './interface/submissions.controller';
import { SUBMISSION_STORE, VERSION_STORE } from './registry.tokens';

type Pipelines = ReadonlyMap<string, Pipeline>;

const submissions: Provider[] = [
  {
    provide: SUBMISSION_STORE,
    inject: [DATABASE],
    useFactory: async (connection: Connection): Promise<SubmissionStore> => {
      const store = new MongoSubmissionStore(connection);
      await store.prepare();
      return store;
    },
  },
  {
    provide: SubmitModel,
    inject: [SUBMISSION_STORE, PIPELINES, OBJECT_STORE, TRANSACTOR, CLOCK],
    useFactory: (
      store: SubmissionStore,
      pipelines: Pipelines,
      files: ObjectStore,
      transactor: Transactor,
      clock: Clock,
    ) => new SubmitModel(store, pipelines, files, prepareModel, transactor, clock),
  },
  {
    provide: ConcludeSubmission,
    inject: [SUBMISSION_STORE, PIPELINES, VersionRegistration],
    useFactory: (store: SubmissionStore, pipelines: Pipelines, registration: VersionRegistration) =>
      new ConcludeSubmission(store, pipelines, registration),
  },
  {
    provide: ShowSubmissions,
    inject: [SUBMISSION_STORE, PIPELINES],
    useFactory: (store: SubmissionStore, pipelines: Pipelines) => new ShowSubmissions(store, pipelines),
  },
];

@Module({
  controllers: [
    ...[PromotionConsumer, SubmissionConsumer, RolloutConsumer],
    ...[ModelsController, SubmissionsController, MlflowController, MlflowArtifactsController],
  ],
  providers: [
    ...submissions,
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
      provide: VersionRegistration,
      inject: [VERSION_STORE, OBJECT_STORE],
      useFactory: (versions: VersionStore, files: ObjectStore) =>
        new VersionRegistration(versions, files, readOnnxSignature),
    },
    {
      provide: RegisterVersion,
      inject: [VERSION_STORE, PIPELINES, VersionRegistration],
      useFactory: (versions: VersionStore, pipelines: Pipelines, registration: VersionRegistration) =>
        new RegisterVersion(versions, pipelines, registration),
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
    {
      provide: ShowMlflow,
      inject: [ShowVersions, OBJECT_STORE],
      useFactory: (versions: ShowVersions, files: ObjectStore) => new ShowMlflow(versions, files),
    },
  ],
})
export class RegistryModule {}
