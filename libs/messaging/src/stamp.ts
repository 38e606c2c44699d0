import type { OutgoingEvent } from './emit';
import { toOutboxEntry } from './encode';
import type { Clock, IdGenerator, OutboxEntry } from './ports';
import { activeTraceContext, type TraceContext } from './trace-context';

/** What new events inherit from the event, request or run that caused them. */
export interface Origin extends TraceContext {
  correlationId?: string;
  causationId?: string;
}

export interface Stamp {
  /** CloudEvents source, e.g. `/perennial/evaluator`. */
  source: string;
  clock: Clock;
  newId: IdGenerator;
}

/** Gives returned events their id, time, correlation, cause and trace context, ready for the outbox. */
export function stampEvents(events: readonly OutgoingEvent[], origin: Origin, stamp: Stamp): OutboxEntry[] {
  const active = activeTraceContext();
  const trace = active.traceparent ? active : { traceparent: origin.traceparent, tracestate: origin.tracestate };
  return events.map(({ contract, data, correlationId, ...event }) => {
    const id = stamp.newId();
    const key = event.key ?? contract.key(data);
    const envelope = {
      specversion: '1.0' as const,
      id,
      type: contract.type,
      source: stamp.source,
      subject: contract.subject(data),
      time: stamp.clock.now().toISOString(),
      dataschema: contract.dataschema,
      datacontenttype: 'application/json',
      correlationid: correlationId ?? origin.correlationId ?? id,
      causationid: origin.causationId,
      ...trace,
      partitionkey: key,
      data,
    };
    return toOutboxEntry(envelope, contract.topic.name, key);
  });
}
