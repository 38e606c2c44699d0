import type { EventEnvelope } from '../envelope';
import type { Handle } from '../handler';
import type { Clock, Logger } from '../ports';

/** The innermost stage: calls the subscribed handler with what the outer stages prepared. */
export const invokeHandler =
  (clock: Clock): Handle =>
  async ({ handler, event, transaction, signal, attempt, logger }) => {
    if (!handler || !event || !transaction) throw new TypeError('the handler stands after decode and idempotency');
    return handler(event, { transaction, signal, attempt, logger: withEvent(logger, event), now: () => clock.now() });
  };

function withEvent(logger: Logger, event: EventEnvelope): Logger {
  const fields = { eventId: event.id, eventType: event.type, correlationId: event.correlationid };
  return {
    debug: (more, message) => logger.debug({ ...fields, ...more }, message),
    info: (more, message) => logger.info({ ...fields, ...more }, message),
    warn: (more, message) => logger.warn({ ...fields, ...more }, message),
    error: (more, message) => logger.error({ ...fields, ...more }, message),
  };
}
