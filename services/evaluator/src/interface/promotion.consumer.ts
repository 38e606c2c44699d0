import { Controller, Inject } from '@nestjs/common';
import {
  rolloutCompletedV1,
  rolloutFailedV1,
  versionRejectedV1,
  versionSupersededV1,
  type DataOf,
} from '@perennial/contracts';
import type { EventEnvelope, HandlerContext, OutgoingEvent } from '@perennial/messaging';
import { Ctx, OnEvent, Payload } from '@perennial/service';
import { FollowEvents } from '../application/follow.events';

@Controller()
export class PromotionConsumer {
  constructor(@Inject(FollowEvents) private readonly follow: FollowEvents) {}

  @OnEvent(rolloutCompletedV1)
  completed(
    @Payload() event: EventEnvelope<DataOf<typeof rolloutCompletedV1>>,
    @Ctx() context: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    return this.follow.rolloutCompleted(event, context);
  }

  @OnEvent(rolloutFailedV1)
  failed(
    @Payload() event: EventEnvelope<DataOf<typeof rolloutFailedV1>>,
    @Ctx() context: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    return this.follow.rolloutFailed(event, context);
  }

  @OnEvent(versionRejectedV1)
  rejected(
    @Payload() event: EventEnvelope<DataOf<typeof versionRejectedV1>>,
    @Ctx() context: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    return this.follow.versionRejected(event, context);
  }

  @OnEvent(versionSupersededV1)
  superseded(
    @Payload() event: EventEnvelope<DataOf<typeof versionSupersededV1>>,
    @Ctx() context: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    return this.follow.versionSuperseded(event, context);
  }
}
