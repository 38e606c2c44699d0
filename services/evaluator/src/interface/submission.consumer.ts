import { Controller, Inject } from '@nestjs/common';
import { type DataOf, modelSubmittedV1 } from '@perennial/contracts';
import type { EventEnvelope, HandlerContext, OutgoingEvent } from '@perennial/messaging';
import { Ctx, OnEvent, Payload } from '@perennial/service';
import { AdvanceSubmissions } from '../application/advance.submissions';
import { stepOf } from '../application/follow.events';

@Controller()
export class SubmissionConsumer {
  constructor(@Inject(AdvanceSubmissions) private readonly submissions: AdvanceSubmissions) {}

  @OnEvent(modelSubmittedV1)
  submitted(
    @Payload() event: EventEnvelope<DataOf<typeof modelSubmittedV1>>,
    @Ctx() context: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    return this.submissions.submit(event.data, stepOf(event, context));
  }
}
