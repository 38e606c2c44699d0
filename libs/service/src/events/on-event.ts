import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { EventContract } from '@perennial/contracts';

export { Ctx, Payload };

/** Marks a controller method as the handler of one event type; the service's name is the consumer group. */
export const OnEvent = (contract: Pick<EventContract, 'type'>): MethodDecorator => EventPattern(contract.type);
