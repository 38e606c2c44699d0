import type { z } from 'zod';
import { ServiceError } from './service-error';

export interface RequestProblem {
  /** Its path with dots; `body` for the whole. */
  field: string;
  value: unknown;
  rule: string;
}

const MAX_SHOWN = 100;

const valueAt = (input: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
    input,
  );

function show(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/**
 * A body or a query as the schema wants it. Throws 400, INVALID_REQUEST where no other code is given, naming every wrong
 * field, its value and its rule; `details.problems` holds them, and the first one's parts lie beside it.
 */
export function parseRequest<S extends z.ZodType>(schema: S, input: unknown, code = 'INVALID_REQUEST'): z.output<S> {
  const parsed = schema.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }): RequestProblem => {
    return { field: path.map(String).join('.') || 'body', value: valueAt(input, path) ?? null, rule: message };
  });
  const text = parsed.error.issues.map(({ message, path }, at) => {
    return `${problems[at]?.field} is ${show(valueAt(input, path))}: ${message}`;
  });
  throw new ServiceError(code, 400, text.join('; '), { ...problems[0], problems });
}
