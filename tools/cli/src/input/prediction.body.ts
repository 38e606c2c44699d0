import { badInput } from '../command.error';

type Value = string | number | boolean | null;

const literals: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['', null],
]);

/** Numbers, true, false and null as such; all else, and what stands in double quotes, as text. */
function valueOf(text: string): Value {
  const literal = literals.get(text);
  if (literal !== undefined) return literal;
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return Number(text);
  return /^".*"$/.test(text) ? text.slice(1, -1) : text;
}

/** `limit_bal=20000 sex=2` → one instance. @throws CommandError for what has no `=` */
export function instanceOf(assignments: readonly string[]): Record<string, Value> {
  return Object.fromEntries(
    assignments.map((assignment) => {
      const at = assignment.indexOf('=');
      if (at < 1) throw badInput(`--instance ${assignment}: must be COLUMN=VALUE`);
      return [assignment.slice(0, at), valueOf(assignment.slice(at + 1))];
    }),
  );
}

/** A request as the inference service takes it; a bare row or an array of rows becomes `instances`. */
export function predictionBody(json: string, source: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw badInput(`${source}: must be JSON: ${(cause as Error).message}`, { cause });
  }
  if (Array.isArray(value)) return { instances: value };
  if (typeof value !== 'object' || value === null) throw badInput(`${source}: must be a JSON object or array`);
  const body = value as Record<string, unknown>;
  const isRequest = 'instances' in body || 'categorical_features' in body || 'numerical_features' in body;
  return isRequest ? body : { instances: [body] };
}
