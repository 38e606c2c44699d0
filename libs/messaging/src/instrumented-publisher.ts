import { context, SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import { codeOf } from './errors';
import { type MessagingMetrics, noMetrics } from './metrics';
import type { Publisher } from './ports';
import type { OutgoingRecord } from './record';
import { activeTraceContext, remoteContext } from './trace-context';

export interface PublisherTelemetry {
  tracer?: Tracer;
  metrics?: MessagingMetrics;
  /** A monotonic or wall clock in seconds. */
  seconds: () => number;
}

/** One PRODUCER span per record, between the span that emitted it and the one that will process it. */
export function instrumentPublisher(publisher: Publisher, telemetry: PublisherTelemetry): Publisher {
  const { tracer = trace.getTracer('@perennial/messaging'), metrics = noMetrics, seconds } = telemetry;
  return {
    async publish(records) {
      const startedAt = seconds();
      const sends = records.map((record) => startSend(record, tracer));
      const finish = (error?: string) => {
        for (const { span } of sends) {
          if (error) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
          span.end();
        }
        for (const destination of new Set(records.map(({ topic }) => topic))) {
          metrics.clientOperation({ operation: 'send', destination, ...(error && { error }) }, seconds() - startedAt);
        }
      };
      try {
        await publisher.publish(sends.map(({ record }) => record));
        finish();
      } catch (error) {
        finish(codeOf(error));
        throw error;
      }
    },
  };
}

function startSend(record: OutgoingRecord, tracer: Tracer) {
  const traceparent = record.headers.ce_traceparent?.toString();
  const parent = traceparent
    ? remoteContext({ traceparent, tracestate: record.headers.ce_tracestate?.toString() })
    : context.active();
  const attributes = {
    'messaging.system.name': 'kafka',
    'messaging.operation.name': 'send',
    'messaging.operation.type': 'send',
    'messaging.destination.name': record.topic,
  };
  const span = tracer.startSpan(`send ${record.topic}`, { kind: SpanKind.PRODUCER, attributes }, parent);
  const own = activeTraceContext(trace.setSpan(parent, span));
  const headers = { ...record.headers };
  if (own.traceparent) headers.ce_traceparent = own.traceparent;
  if (own.tracestate) headers.ce_tracestate = own.tracestate;
  return { span, record: { ...record, headers } };
}
