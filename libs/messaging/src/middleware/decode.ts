import type { EventContract } from '@perennial/contracts';
import { decodeEnvelope, validateData } from '../decode';
import { DecodeError } from '../errors';
import type { Handler, Middleware } from '../handler';

export interface Subscription {
  contract: EventContract;
  handler: Handler;
  timeoutMs?: number;
}

/**
 * Finds the subscription by the event's type and checks the data. A type that the contracts know belongs to another
 * subscriber of the topic and is skipped; one that nobody knows is an error, so that no producer talks to itself.
 */
export const decode =
  (subscriptions: ReadonlyMap<string, Subscription>, knownTypes: { has(type: string): boolean }): Middleware =>
  (next) =>
  async (delivery) => {
    const envelope = decodeEnvelope(delivery.record);
    const subscription = subscriptions.get(envelope.type);
    if (!subscription) {
      if (knownTypes.has(envelope.type)) return [];
      throw new DecodeError(
        'UNKNOWN_TYPE',
        `CloudEvents attribute type = ${envelope.type}: no contract has this type`,
        {
          details: { field: 'type', value: envelope.type, rule: 'must be the type of a contract', id: envelope.id },
        },
      );
    }
    const { contract, handler, timeoutMs } = subscription;
    return next({ ...delivery, event: validateData(envelope, contract), contract, handler, timeoutMs });
  };
