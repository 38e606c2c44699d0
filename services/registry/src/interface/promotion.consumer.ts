import { Controller, Inject } from '@nestjs/common';
import { type DataOf, modelPromotedV1 } from '@perennial/contracts';
import type { EventEnvelope, HandlerContext, OutgoingEvent } from '@perennial/messaging';
import { Ctx, OnEvent, Payload } from '@perennial/service';
import { RegisterVersion } from '../application/register.version';

@Controller()
export class PromotionConsumer {
  constructor(@Inject(RegisterVersion) private readonly register: RegisterVersion) {}

  @OnEvent(modelPromotedV1)
  handle(
    @Payload() event: EventEnvelope<DataOf<typeof modelPromotedV1>>,
    @Ctx() context: HandlerContext,
  ): Promise<OutgoingEvent[]> {
    return this.register.run(event, context);
  }
}
