import { Controller, Inject } from '@nestjs/common';
import { type DataOf, versionApprovedV1 } from '@perennial/contracts';
import type { EventEnvelope, HandlerContext, OutgoingEvent } from '@perennial/messaging';
import { Ctx, OnEvent, Payload } from '@perennial/service';
import { AdvanceDeployment } from '../application/advance.deployment';

type Approved = EventEnvelope<DataOf<typeof versionApprovedV1>>;

@Controller()
export class VersionApprovedConsumer {
  constructor(@Inject(AdvanceDeployment) private readonly advance: AdvanceDeployment) {}

  @OnEvent(versionApprovedV1)
  handle(
    @Payload() { data, correlationid }: Approved,
    @Ctx() { transaction }: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    const { pipeline, version, cycleId, runId, artifact, checkpoint, decisionThreshold, approvedBy } = data;
    const model = { version, runId, artifact, checkpoint, decisionThreshold };
    const candidate = { version, model, cycleId, requestedBy: approvedBy, correlationId: correlationid };
    return this.advance.approve(pipeline, candidate, transaction);
  }
}
