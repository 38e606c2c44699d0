import { ServiceError } from '@perennial/service';
import type { CallOptions } from '../application/model.slot';

const TIMEOUT = 'x-request-timeout-ms';
/** Whom the request is about: the same entity is answered by the same arm. */
const ENTITY = 'x-entity-key';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * What headers of a request, or metadata of a call, say of its answer. `deadline`: where the transport knows one itself.
 * Throws INVALID_INPUT.
 */
export function callOptions(headers: Headers, deadline = Infinity): CallOptions {
  const timeout = headers[TIMEOUT];
  const entity = headers[ENTITY];
  const { traceparent, tracestate } = headers;
  return {
    ...(traceparent !== undefined && { trace: traceOf(String(traceparent), tracestate) }),
    ...(entity !== undefined && { key: String(entity) }),
    deadline: timeout === undefined ? deadline : Math.min(deadline, performance.now() + milliseconds(String(timeout))),
  };
}

const traceOf = (traceparent: string, tracestate: string | string[] | undefined) => ({
  traceparent,
  ...(tracestate !== undefined && { tracestate: String(tracestate) }),
});

function milliseconds(timeout: string): number {
  const value = Number(timeout);
  if (value > 0) return value;
  const rule = 'must be milliseconds above 0, after which nobody waits for the answer any more';
  const details = { input: TIMEOUT, value: timeout, rule };
  throw new ServiceError('INVALID_INPUT', 400, `${TIMEOUT} ${rule}; got ${timeout}`, details);
}
