import { context, SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import { codeOf } from '../errors';
import type { Delivery, Middleware } from '../handler';
import type { MessagingMetrics } from '../metrics';
import { remoteContext } from '../trace-context';

const headerText = (delivery: Delivery, name: string) => delivery.record.headers[name]?.toString('utf8');

/** One CONSUMER span per record, child of the producer's span; names by the OpenTelemetry messaging conventions. */
export const telemetry =
  (tracer: Tracer, metrics: MessagingMetrics, seconds: () => number): Middleware =>
  (next) =>
  async (delivery) => {
    const { record, group } = delivery;
    const parent = remoteContext({
      traceparent: headerText(delivery, 'ce_traceparent') ?? headerText(delivery, 'traceparent'),
      tracestate: headerText(delivery, 'ce_tracestate') ?? headerText(delivery, 'tracestate'),
    });
    const options = { kind: SpanKind.CONSUMER, attributes: spanAttributes(delivery) };
    const span = tracer.startSpan(`process ${record.topic}`, options, parent);
    const startedAt = seconds();
    const labels = { destination: record.topic, group };
    try {
      const emitted = await context.with(trace.setSpan(parent, span), () => next(delivery));
      metrics.processed(labels, seconds() - startedAt);
      return emitted;
    } catch (error) {
      const code = codeOf(error);
      span.setStatus({ code: SpanStatusCode.ERROR, message: code });
      span.setAttribute('error.type', code);
      if (error instanceof Error) span.recordException(error);
      metrics.processed({ ...labels, error: code }, seconds() - startedAt);
      throw error;
    } finally {
      span.end();
    }
  };

const spanAttributes = ({ record, group }: Delivery) => ({
  'messaging.system.name': 'kafka',
  'messaging.operation.name': 'process',
  'messaging.operation.type': 'process',
  'messaging.destination.name': record.topic,
  'messaging.destination.partition.id': String(record.partition),
  'messaging.consumer.group.name': group,
  'kafka.offset': record.offset,
  ...(record.key ? { 'kafka.message.key': record.key.toString('utf8') } : {}),
});
