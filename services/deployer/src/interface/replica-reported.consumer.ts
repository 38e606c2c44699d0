import { Controller, Inject } from '@nestjs/common';
import { type DataOf, replicaReportedV1 } from '@perennial/contracts';
import type { EventEnvelope, HandlerContext, OutgoingEvent } from '@perennial/messaging';
import { Ctx, OnEvent, Payload } from '@perennial/service';
import { AdvanceDeployment } from '../application/advance.deployment';

type Reported = EventEnvelope<DataOf<typeof replicaReportedV1>>;

@Controller()
export class ReplicaReportedConsumer {
  constructor(@Inject(AdvanceDeployment) private readonly advance: AdvanceDeployment) {}

  @OnEvent(replicaReportedV1)
  handle(@Payload() { data }: Reported, @Ctx() { transaction }: HandlerContext): Promise<OutgoingEvent[]> {
    const { at, ...report } = data;
    return this.advance.report(report, Date.parse(at), transaction);
  }
}
