import { Controller, Inject } from '@nestjs/common';
import { type DataOf, trialCompletedV1, trialFailedV1, trialRequestedV1 } from '@perennial/contracts';
import type { EventEnvelope, HandlerContext, OutgoingEvent } from '@perennial/messaging';
import { Ctx, OnEvent, Payload } from '@perennial/service';
import { AdvanceSearch } from '../application/advance.search';
import { QueueTrial } from '../application/queue.trial';

type Handled = Promise<OutgoingEvent[]>;

@Controller()
export class TrialsConsumer {
  constructor(
    @Inject(QueueTrial) private readonly queue: QueueTrial,
    @Inject(AdvanceSearch) private readonly search: AdvanceSearch,
  ) {}

  @OnEvent(trialRequestedV1)
  requested(@Payload() event: EventEnvelope<DataOf<typeof trialRequestedV1>>, @Ctx() context: HandlerContext): Handled {
    return this.queue.run(event, context);
  }

  @OnEvent(trialCompletedV1)
  completed(@Payload() event: EventEnvelope<DataOf<typeof trialCompletedV1>>, @Ctx() context: HandlerContext): Handled {
    return this.search.completed(event, context);
  }

  @OnEvent(trialFailedV1)
  failed(@Payload() event: EventEnvelope<DataOf<typeof trialFailedV1>>, @Ctx() context: HandlerContext): Handled {
    return this.search.failed(event, context);
  }
}
