import { Controller, Inject } from '@nestjs/common';
import { type DataOf, retrainingRequestedV1 } from '@perennial/contracts';
import type { EventEnvelope, HandlerContext, OutgoingEvent } from '@perennial/messaging';
import { Ctx, OnEvent, Payload } from '@perennial/service';
import { QueueRun } from '../application/queue.run';

@Controller()
export class RetrainingRequestedConsumer {
  constructor(@Inject(QueueRun) private readonly queue: QueueRun) {}

  @OnEvent(retrainingRequestedV1)
  handle(
    @Payload() event: EventEnvelope<DataOf<typeof retrainingRequestedV1>>,
    @Ctx() context: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    return this.queue.run(event, context);
  }
}
