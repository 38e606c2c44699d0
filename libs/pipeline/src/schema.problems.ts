import { z } from 'zod';
import { keysAt, nearestKey } from './known-keys';
import { valueAt, type Path } from './path';

/** A problem before its place in the file is known. */
export interface Finding {
  path: Path;
  rule: string;
  value: unknown;
  /** The problem is the key at the end of path, not its value. */
  key?: boolean;
}

type Issue = z.core.$ZodIssue;

const quoted = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).join(', ');

function expectedType(expected: string): string {
  if (expected === 'int') return 'must be an integer';
  if (expected === 'object') return 'must be a map';
  return /^[aeiou]/.test(expected) ? `must be an ${expected}` : `must be a ${expected}`;
}

function boundOf(issue: Extract<Issue, { code: 'too_big' | 'too_small' }>): string {
  const low = issue.code === 'too_small';
  const bound = low ? issue.minimum : issue.maximum;
  if (issue.origin === 'number' || issue.origin === 'int') {
    const relation = low ? (issue.inclusive ? 'at least' : 'greater than') : issue.inclusive ? 'at most' : 'less than';
    return `must be ${relation} ${bound}`;
  }
  const unit = issue.origin === 'string' ? 'characters' : 'entries';
  return `must have ${low ? 'at least' : 'at most'} ${bound} ${unit}`;
}

function unionRule(issue: Extract<Issue, { code: 'invalid_union' }>): string {
  if ('options' in issue && Array.isArray(issue.options)) return `must be one of ${quoted(issue.options)}`;
  const rules = issue.errors.flatMap((issues) => issues.slice(0, 1)).map((nested) => ruleOf(nested, undefined));
  return [...new Set(rules)].join(' or ');
}

/** The rule in words, without the value found. */
function ruleOf(issue: Issue, value: unknown): string {
  if (issue.code === 'invalid_type') {
    const rule = expectedType(issue.expected);
    return value === undefined ? `is required, ${rule}` : rule;
  }
  if (issue.code === 'too_big' || issue.code === 'too_small') return boundOf(issue);
  if (issue.code === 'invalid_union') {
    const rule = unionRule(issue).replaceAll('is required, ', '');
    return value === undefined ? `is required, ${rule}` : rule;
  }
  if (issue.code === 'invalid_value') {
    const rule =
      issue.values.length === 1 ? `must be ${quoted(issue.values)}` : `must be one of ${quoted(issue.values)}`;
    return value === undefined ? `is required, ${rule}` : rule;
  }
  return issue.message;
}

function unknownKeyFindings(issue: Extract<Issue, { code: 'unrecognized_keys' }>, schema: z.ZodType, input: unknown) {
  const path = issue.path as Path;
  const known = keysAt(schema, path, input);
  return issue.keys.map((key): Finding => {
    const near = nearestKey(key, known);
    const advice = near === null ? `known keys: ${known.join(', ')}` : `did you mean ${near}?`;
    return {
      path: [...path, key],
      rule: `is not a known key; ${advice}`,
      value: valueAt(input, [...path, key]),
      key: true,
    };
  });
}

/** Every violation of the schema, one finding each. */
export function schemaFindings(schema: z.ZodType, input: unknown): Finding[] {
  const result = schema.safeParse(input);
  if (result.success) return [];
  return result.error.issues.flatMap((issue): Finding[] => {
    if (issue.code === 'unrecognized_keys') return unknownKeyFindings(issue, schema, input);
    const path = issue.path as Path;
    const value = valueAt(input, path);
    return [{ path, rule: ruleOf(issue, value), value }];
  });
}
