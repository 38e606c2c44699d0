import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { events } from '@perennial/contracts';
import type { EventEnvelope, Handler, HandlerContext, OutgoingEvent, Router } from '@perennial/messaging';
import { firstValueFrom, isObservable } from 'rxjs';

/**
 * Hands Nest's event handlers to the messaging router. Nest's own Kafka server retries a failing handler for ever
 * and commits unknown topics silently; the router has the dead letters, retries and the unit of work instead.
 */
export class KafkaStrategy extends Server implements CustomTransportStrategy {
  constructor(
    private readonly router: Router,
    private readonly group: string,
  ) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    for (const [type, handler] of this.messageHandlers) {
      const contract = events.get(type);
      if (!contract) return callback(new Error(`No event contract has the type ${type}`));
      this.router.subscribe(contract, asHandler(handler), { group: this.group });
    }
    this.router.start().then(() => callback(), callback);
  }

  async close(): Promise<void> {
    await this.router.stop();
  }

  on(): void {
    throw new Error('The Kafka strategy has no transport events; see readiness for its state');
  }

  unwrap<T>(): T {
    return this.router as T;
  }
}

const asHandler =
  (handler: MessageHandler): Handler =>
  async (event: EventEnvelope, context: HandlerContext): Promise<OutgoingEvent[]> => {
    const result: unknown = await handler(event, context);
    return (
      ((isObservable(result) ? await firstValueFrom(result, { defaultValue: [] }) : result) as OutgoingEvent[]) ?? []
    );
  };
