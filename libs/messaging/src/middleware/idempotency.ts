import type { Middleware } from '../handler';
import type { OutgoingEvent } from '../emit';
import type { MessagingMetrics } from '../metrics';
import type { UnitOfWork } from '../ports';
import { type Stamp, stampEvents } from '../stamp';

/**
 * One transaction holds the handler's writes, the mark that this group took this event, and the events to publish.
 * The mark is never written before the work, so a handler that failed once is not lost.
 */
export const idempotency =
  (unitOfWork: UnitOfWork, stamp: Stamp, metrics: MessagingMetrics): Middleware =>
  (next) =>
  async (delivery) => {
    const { event, group, record, signal } = delivery;
    if (!event) throw new TypeError('idempotency stands after decode');
    let emitted: OutgoingEvent[] = [];
    const outcome = await unitOfWork.execute({ group, source: event.source, id: event.id }, async (transaction) => {
      emitted = await next({ ...delivery, transaction });
      // A handler that outlived its timeout must not commit behind the retry's back.
      signal.throwIfAborted();
      const { correlationid: correlationId, id: causationId, traceparent, tracestate } = event;
      return stampEvents(emitted, { correlationId, causationId, traceparent, tracestate }, stamp);
    });
    if (outcome === 'committed') return emitted;
    metrics.duplicate({ destination: record.topic, group });
    delivery.logger.debug({}, 'Event was already handled');
    return [];
  };
