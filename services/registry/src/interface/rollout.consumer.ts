import { Controller, Inject } from '@nestjs/common';
import { type DataOf, rolloutCompletedV1, rolloutFailedV1, versionSupersededV1 } from '@perennial/contracts';
import type { EventEnvelope, HandlerContext, OutgoingEvent } from '@perennial/messaging';
import { Ctx, OnEvent, Payload } from '@perennial/service';
import { RecordRollout } from '../application/record.rollout';

@Controller()
export class RolloutConsumer {
  constructor(@Inject(RecordRollout) private readonly rollouts: RecordRollout) {}

  @OnEvent(rolloutCompletedV1)
  completed(
    @Payload() event: EventEnvelope<DataOf<typeof rolloutCompletedV1>>,
    @Ctx() context: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    return this.rollouts.completed(event.data, context);
  }

  @OnEvent(rolloutFailedV1)
  failed(
    @Payload() event: EventEnvelope<DataOf<typeof rolloutFailedV1>>,
    @Ctx() context: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    return this.rollouts.failed(event.data, context);
  }

  @OnEvent(versionSupersededV1)
  superseded(
    @Payload() event: EventEnvelope<DataOf<typeof versionSupersededV1>>,
    @Ctx() context: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    return this.rollouts.superseded(event.data, context);
  }
}
