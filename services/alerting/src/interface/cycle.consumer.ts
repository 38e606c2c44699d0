import { Controller, Inject } from '@nestjs/common';
import { attemptsExhaustedV1, cycleSkippedV1, modelKeptV1, modelPromotedV1, type DataOf } from '@perennial/contracts';
import type { EventEnvelope, HandlerContext, OutgoingEvent } from '@perennial/messaging';
import { Ctx, OnEvent, Payload } from '@perennial/service';
import { WatchPipelines } from '../application/watch.pipelines';

@Controller()
export class CycleConsumer {
  constructor(@Inject(WatchPipelines) private readonly pipelines: WatchPipelines) {}

  @OnEvent(attemptsExhaustedV1)
  exhausted(
    @Payload() event: EventEnvelope<DataOf<typeof attemptsExhaustedV1>>,
    @Ctx() context: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    return this.pipelines.attemptsExhausted({ event, context });
  }

  @OnEvent(modelKeptV1)
  kept(
    @Payload() event: EventEnvelope<DataOf<typeof modelKeptV1>>,
    @Ctx() context: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    return this.pipelines.cycleEndedWell({ event, context });
  }

  @OnEvent(modelPromotedV1)
  promoted(
    @Payload() event: EventEnvelope<DataOf<typeof modelPromotedV1>>,
    @Ctx() context: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    return this.pipelines.cycleEndedWell({ event, context });
  }

  @OnEvent(cycleSkippedV1)
  skipped(
    @Payload() event: EventEnvelope<DataOf<typeof cycleSkippedV1>>,
    @Ctx() context: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    return this.pipelines.cycleSkipped({ event, context });
  }
}
