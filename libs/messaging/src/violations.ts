/** One broken rule of a schema: where, what was found, what is asked. */
export interface Violation {
  field: string;
  value: unknown;
  rule: string;
  text: string;
}

interface SchemaIssue {
  path: readonly PropertyKey[];
  message: string;
}

/** Field, value and rule of each schema issue; `data` is what was checked. */
export function violationsOf(issues: readonly SchemaIssue[], data: unknown): Violation[] {
  return issues.map((issue) => {
    const field = issue.path.length === 0 ? 'data' : `data.${issue.path.map(String).join('.')}`;
    const value = valueAt(data, issue.path);
    return { field, value, rule: issue.message, text: `${field} = ${show(value)}: ${issue.message}` };
  });
}

const valueAt = (data: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
    data,
  );

function show(value: unknown): string {
  const text = value === undefined ? 'undefined' : (JSON.stringify(value) ?? String(value));
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
