import type { EventContract } from '@perennial/contracts';
import { decodeEnvelope, validateData } from '../decode';
import { DecodeError } from '../errors';
import { eventVersion, firstVersionOf } from '../event-version';
import type { Handler, Middleware } from '../handler';

export interface Subscription {
  contract: EventContract;
  handler: Handler;
  timeoutMs?: number;
}

type Subscriptions = ReadonlyMap<string, Subscription>;

/** By the event's name without its version, the highest version that is subscribed. */
function byEvent(subscriptions: Subscriptions): Map<string, Subscription> {
  const found = new Map<string, Subscription>();
  for (const subscription of subscriptions.values()) {
    const event = eventVersion(subscription.contract.type)?.event;
    const other = event === undefined ? undefined : found.get(event);
    if (event !== undefined && (other?.contract.version ?? 0) < subscription.contract.version) {
      found.set(event, subscription);
    }
  }
  return found;
}

/**
 * Finds the subscription by the event's type, or by another version of it, and checks the data. A type that the
 * contracts know, in whatever version, belongs to another subscriber of the topic and is skipped; one that nobody
 * knows is an error, so that no producer talks to itself.
 */
export const decode = (subscriptions: Subscriptions, knownTypes: { has(type: string): boolean }): Middleware => {
  const ofEvent = byEvent(subscriptions);
  return (next) => async (delivery) => {
    const envelope = decodeEnvelope(delivery.record);
    const { type } = envelope;
    const subscription = subscriptions.get(type) ?? ofEvent.get(eventVersion(type)?.event ?? '');
    if (!subscription) {
      if (knownTypes.has(type) || knownTypes.has(firstVersionOf(type) ?? '')) return [];
      throw new DecodeError('UNKNOWN_TYPE', `CloudEvents attribute type = ${type}: no contract has this type`, {
        details: { field: 'type', value: type, rule: 'must be the type of a contract', id: envelope.id },
      });
    }
    const { contract, handler, timeoutMs } = subscription;
    return next({ ...delivery, event: validateData(envelope, contract), contract, handler, timeoutMs });
  };
};
