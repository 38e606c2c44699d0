import { Controller, Inject } from '@nestjs/common';
import { batchPreparedV1, type DataOf } from '@perennial/contracts';
import type { EventEnvelope, HandlerContext, OutgoingEvent } from '@perennial/messaging';
import { Ctx, OnEvent, Payload } from '@perennial/service';
import { AddBatch } from '../application/add.batch';

@Controller()
export class BatchPreparedConsumer {
  constructor(@Inject(AddBatch) private readonly addBatch: AddBatch) {}

  @OnEvent(batchPreparedV1)
  handle(
    @Payload() event: EventEnvelope<DataOf<typeof batchPreparedV1>>,
    @Ctx() context: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    return this.addBatch.run(event.data, context);
  }
}
