import type { EventContract } from '@perennial/contracts';
import { MessagingError } from './errors';
import { violationsOf } from './violations';

/** An event a handler returns; only the outbox publishes it. */
export interface OutgoingEvent<T = unknown> {
  contract: EventContract<T>;
  data: T;
  /** Starts a new correlation instead of inheriting that of the handled event. */
  correlationId?: string;
  /** Instead of the contract's, where its topic leaves the key to the producer. */
  key?: string;
}

/** Throws INVALID_DATA when the data breaks its contract: a wrong event must not leave the service. */
export function emit<T>(
  contract: EventContract<T>,
  data: T,
  options: Pick<OutgoingEvent, 'correlationId' | 'key'> = {},
): OutgoingEvent {
  if (contract.accepts?.(data)) return { contract, data, ...options } as OutgoingEvent;
  const parsed = contract.schema.safeParse(data);
  if (!parsed.success) {
    const violations = violationsOf(parsed.error.issues, data);
    throw new MessagingError('INVALID_DATA', `${contract.type}: ${violations.map((v) => v.text).join('; ')}`, {
      details: { type: contract.type, violations },
    });
  }
  return { contract, data: parsed.data, ...options } as OutgoingEvent;
}
