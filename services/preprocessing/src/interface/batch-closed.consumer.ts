import { Controller, Inject } from '@nestjs/common';
import { batchClosedV1, type DataOf } from '@perennial/contracts';
import type { EventEnvelope, HandlerContext, OutgoingEvent } from '@perennial/messaging';
import { Ctx, OnEvent, Payload } from '@perennial/service';
import { QueueBatch } from '../application/queue.batch';

@Controller()
export class BatchClosedConsumer {
  constructor(@Inject(QueueBatch) private readonly queue: QueueBatch) {}

  @OnEvent(batchClosedV1)
  handle(
    @Payload() event: EventEnvelope<DataOf<typeof batchClosedV1>>,
    @Ctx() context: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    return this.queue.run(event, context);
  }
}
