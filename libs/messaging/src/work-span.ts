import { type Attributes, context, SpanStatusCode, trace } from '@opentelemetry/api';
import { codeOf } from './errors';
import { activeTraceContext, remoteContext, type TraceContext } from './trace-context';

const tracer = () => trace.getTracer('@perennial/messaging');

/** What a worker needs to go on with the trace of the event that asked for its work; nothing where none is traced. */
export function traceToContinue(): TraceContext {
  const { traceparent, tracestate } = activeTraceContext();
  return { ...(traceparent && { traceparent }), ...(tracestate && { tracestate }) };
}

/** Work outside a handler, as a part of the trace of what asked for it; events made within belong to it. */
export async function inWorkSpan<T>(
  name: string,
  origin: TraceContext,
  attributes: Attributes,
  work: () => Promise<T>,
): Promise<T> {
  const parent = remoteContext({ traceparent: origin.traceparent, tracestate: origin.tracestate });
  const span = tracer().startSpan(name, { attributes }, parent);
  try {
    return await context.with(trace.setSpan(parent, span), work);
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: codeOf(error) });
    throw error;
  } finally {
    span.end();
  }
}
