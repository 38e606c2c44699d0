import {
  type BeforeApplicationShutdown,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Readiness } from '@perennial/service';
import { FollowDesired } from './application/follow.desired';
import type { ModelSlot } from './application/model.slot';
import { ModelSlots } from './application/model.slots';
import type { ServingMetrics } from './application/ports';
import { PredictionLog } from './application/prediction.log';
import { ReportReplica } from './application/report.replica';
import { ReportTraffic } from './application/report.traffic';
import { ShowModels } from './application/show.models';
import { inferenceProviders } from './inference.providers';
import { SERVING_METRICS } from './inference.tokens';
import { GrpcServer } from './interface/grpc/grpc.server';
import { LabelsController } from './interface/labels.controller';
import { ModelsController } from './interface/models.controller';
import { OpenApiController } from './interface/openapi/openapi.controller';
import { PredictionsController } from './interface/predictions.controller';
import { RolloutsListener } from './interface/rollouts.listener';

@Module({
  controllers: [ModelsController, PredictionsController, LabelsController, OpenApiController],
  providers: inferenceProviders,
})
export class InferenceModule
  implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown, OnApplicationShutdown
{
  constructor(
    @Inject(ModelSlots) private readonly slots: ModelSlots,
    @Inject(FollowDesired) private readonly follow: FollowDesired,
    @Inject(RolloutsListener) private readonly listener: RolloutsListener,
    @Inject(ReportReplica) private readonly report: ReportReplica,
    @Inject(ReportTraffic) private readonly observed: ReportTraffic,
    @Inject(PredictionLog) private readonly log: PredictionLog,
    @Inject(GrpcServer) private readonly grpc: GrpcServer,
    @Inject(ShowModels) private readonly models: ShowModels,
    @Inject(SERVING_METRICS) private readonly metrics: ServingMetrics,
    @Inject(Readiness) private readonly readiness: Readiness,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const slot of this.slots.all()) slot.onChange((changed, previous) => this.changed(changed, previous));
    await this.grpc.start();
    this.readiness.onStop(() => this.grpc.leave());
    this.readiness.add('models', () => this.models.requireReady());
    this.log.start();
    this.report.start(this.slots);
    this.observed.start();
    await this.listener.start();
    this.follow.start();
  }

  /** While HTTP still answers: no new versions. */
  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.follow.stop(), this.listener.stop()]);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.grpc.stop();
  }

  /** Nothing asks any more: what was answered is published, and the models close. */
  async onApplicationShutdown(): Promise<void> {
    await this.report.stop(this.slots);
    await this.observed.stop();
    await this.log.stop();
    await this.slots.close();
  }

  private changed(slot: ModelSlot, previous: string | null): void {
    const current = slot.current();
    if (current) this.metrics.serving(slot.pipeline, current.target.version, previous);
    this.grpc.changed(
      slot,
      this.slots.all().some((each) => each.current()),
    );
    void this.report.changed(slot);
  }
}
