import { Controller, Inject } from '@nestjs/common';
import { runCompletedV1, runFailedV1, type DataOf } from '@perennial/contracts';
import type { EventEnvelope, HandlerContext, OutgoingEvent } from '@perennial/messaging';
import { Ctx, OnEvent, Payload } from '@perennial/service';
import { FollowEvents } from '../application/follow.events';

@Controller()
export class RunConsumer {
  constructor(@Inject(FollowEvents) private readonly follow: FollowEvents) {}

  @OnEvent(runCompletedV1)
  completed(
    @Payload() event: EventEnvelope<DataOf<typeof runCompletedV1>>,
    @Ctx() context: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    return this.follow.runCompleted(event, context);
  }

  @OnEvent(runFailedV1)
  failed(
    @Payload() event: EventEnvelope<DataOf<typeof runFailedV1>>,
    @Ctx() context: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    return this.follow.runFailed(event, context);
  }
}
