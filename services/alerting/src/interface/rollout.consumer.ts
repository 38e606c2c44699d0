import { Controller, Inject } from '@nestjs/common';
import { rolloutCompletedV1, rolloutFailedV1, type DataOf } from '@perennial/contracts';
import type { EventEnvelope, HandlerContext, OutgoingEvent } from '@perennial/messaging';
import { Ctx, OnEvent, Payload } from '@perennial/service';
import { WatchPipelines } from '../application/watch.pipelines';

@Controller()
export class RolloutConsumer {
  constructor(@Inject(WatchPipelines) private readonly pipelines: WatchPipelines) {}

  @OnEvent(rolloutFailedV1)
  failed(
    @Payload() event: EventEnvelope<DataOf<typeof rolloutFailedV1>>,
    @Ctx() context: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    return this.pipelines.rolloutFailed({ event, context });
  }

  @OnEvent(rolloutCompletedV1)
  completed(
    @Payload() event: EventEnvelope<DataOf<typeof rolloutCompletedV1>>,
    @Ctx() context: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    return this.pipelines.rolloutCompleted({ event, context });
  }
}
