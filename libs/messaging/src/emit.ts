import type { EventContract } from '@perennial/contracts';
import { MessagingError } from './errors';
import { violationsOf } from './violations';

/** An event a handler returns; only the outbox publishes it. */
export interface OutgoingEvent<T = unknown> {
  contract: EventContract<T>;
  data: T;
  /** Starts a new correlation instead of inheriting that of the handled event. */
  correlationId?: string;
}

/** Throws INVALID_DATA when the data breaks its contract: a wrong event must not leave the service. */
export function emit<T>(contract: EventContract<T>, data: T, options: { correlationId?: string } = {}): OutgoingEvent {
  const parsed = contract.schema.safeParse(data);
  if (!parsed.success) {
    const violations = violationsOf(parsed.error.issues, data);
    throw new MessagingError('INVALID_DATA', `${contract.type}: ${violations.map((v) => v.text).join('; ')}`, {
      details: { type: contract.type, violations },
    });
  }
  return { contract, data: parsed.data, ...options } as OutgoingEvent;
}
