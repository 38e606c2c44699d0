import { type Context, context, createTraceState, ROOT_CONTEXT, trace } from '@opentelemetry/api';

/** W3C trace context as it travels on events; independent of the globally configured propagator. */
export interface TraceContext {
  traceparent?: string;
  tracestate?: string;
}

const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** A context whose remote parent is the given one; the root context when it is absent or malformed. */
export function remoteContext({ traceparent, tracestate }: TraceContext): Context {
  const match = traceparent === undefined ? null : pattern.exec(traceparent);
  const [, version, traceId, spanId, flags] = match ?? [];
  if (!traceId || !spanId || version === 'ff' || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags ?? '00', 16) & 1,
    isRemote: true,
    traceState: tracestate ? createTraceState(tracestate) : undefined,
  });
}

export function activeTraceContext(active: Context = context.active()): TraceContext {
  const span = trace.getSpanContext(active);
  if (!span || /^0+$/.test(span.traceId)) return {};
  const flags = (span.traceFlags & 1).toString(16).padStart(2, '0');
  return { traceparent: `00-${span.traceId}-${span.spanId}-${flags}`, tracestate: span.traceState?.serialize() };
}
