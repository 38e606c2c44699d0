import { Controller, Inject } from '@nestjs/common';
import { type DataOf, submissionAcceptedV1, submissionRefusedV1 } from '@perennial/contracts';
import type { EventEnvelope, HandlerContext, OutgoingEvent } from '@perennial/messaging';
import { Ctx, OnEvent, Payload } from '@perennial/service';
import { ConcludeSubmission } from '../application/conclude.submission';

@Controller()
export class SubmissionConsumer {
  constructor(@Inject(ConcludeSubmission) private readonly conclude: ConcludeSubmission) {}

  @OnEvent(submissionAcceptedV1)
  accepted(
    @Payload() event: EventEnvelope<DataOf<typeof submissionAcceptedV1>>,
    @Ctx() context: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    return this.conclude.accepted(event, context);
  }

  @OnEvent(submissionRefusedV1)
  refused(
    @Payload() event: EventEnvelope<DataOf<typeof submissionRefusedV1>>,
    @Ctx() context: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    return this.conclude.refused(event, context);
  }
}
