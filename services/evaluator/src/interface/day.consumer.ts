import { Controller, Inject } from '@nestjs/common';
import { viewUpdatedV1, type DataOf } from '@perennial/contracts';
import type { EventEnvelope, HandlerContext, OutgoingEvent } from '@perennial/messaging';
import { Ctx, OnEvent, Payload } from '@perennial/service';
import { FollowEvents } from '../application/follow.events';

@Controller()
export class DayConsumer {
  constructor(@Inject(FollowEvents) private readonly follow: FollowEvents) {}

  @OnEvent(viewUpdatedV1)
  viewUpdated(
    @Payload() event: EventEnvelope<DataOf<typeof viewUpdatedV1>>,
    @Ctx() context: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    return this.follow.viewUpdated(event, context);
  }
}
