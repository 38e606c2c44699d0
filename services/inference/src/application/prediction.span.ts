import { type Attributes, context, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { codeOf, remoteContext, type TraceContext } from '@perennial/messaging';

const tracer = trace.getTracer('@perennial/inference');

/** Who answers, or would have answered. */
export interface AnsweredBy {
  version: string;
  arm: string;
}

/**
 * Of one prediction: a part of the request's span where there is one, else of the trace that the client told of. The
 * model is named as in Triton's traces, since no semantic convention of OpenTelemetry knows models of this kind.
 */
export function predictionSpan(model: string, origin: TraceContext = {}): Span {
  const active = context.active();
  const parent = trace.getSpan(active) ? active : remoteContext(origin);
  return tracer.startSpan(`predict ${model}`, { attributes: { 'triton.model_name': model } }, parent);
}

const attributesOf = ({ version, arm }: AnsweredBy): Attributes => ({
  'triton.model_version': version,
  'perennial.arm': arm,
});

export function endAnswered(span: Span, by: AnsweredBy, rows: number, cachedRows: number): void {
  if (span.isRecording()) {
    span.setAttributes({ ...attributesOf(by), 'perennial.rows': rows, 'perennial.cached_rows': cachedRows });
  }
  span.end();
}

export function endFailed(span: Span, by: AnsweredBy, error: unknown): void {
  if (span.isRecording()) {
    const code = codeOf(error);
    span.setAttributes({ ...attributesOf(by), 'error.type': code });
    span.setStatus({ code: SpanStatusCode.ERROR, message: code });
  }
  span.end();
}
