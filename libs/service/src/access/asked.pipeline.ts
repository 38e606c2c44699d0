import type { PipelinePlace } from './access.table';

export interface AskedRequest {
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
}

function valueAt(request: AskedRequest, place: PipelinePlace): unknown {
  const [part, name] = place.split(':') as ['params' | 'query' | 'body', string];
  const values = request[part];
  return typeof values === 'object' && values !== null && Object.hasOwn(values, name)
    ? (values as Record<string, unknown>)[name]
    : undefined;
}

/**
 * The pipeline that a request names at the first of the places that holds something; `only`, the single one there is,
 * where none does, as in a body that is not parsed. Undefined where that cannot be told.
 */
export function askedPipeline(
  request: AskedRequest,
  places: readonly PipelinePlace[],
  only: string | undefined,
): string | undefined {
  for (const place of places) {
    const value = valueAt(request, place);
    if (value !== undefined) return typeof value === 'string' ? value : undefined;
  }
  return only;
}
