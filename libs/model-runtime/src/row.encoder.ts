import type { InputBatch } from './input.batch';
import { type Converted, RULES, toNumber, toText } from './input.values';
import { ModelRuntimeError } from './model-runtime.errors';
import type { ModelSignature, SignatureInput } from './model.signature';
import { encodePlainRows } from './plain.rows';

export interface InputProblem {
  row: number;
  input: string;
  /** What was given; long text is cut. */
  value: unknown;
  rule: string;
}

const MAX_PROBLEMS = 20;
const MAX_TEXT = 100;

export function invalidInput(problems: readonly InputProblem[], total = problems.length): ModelRuntimeError {
  const first = problems[0] as InputProblem;
  const more = total > 1 ? ` (and ${total - 1} more)` : '';
  const message = `Row ${first.row}: ${first.input} ${first.rule}; got ${shown(first.value)}${more}`;
  return new ModelRuntimeError('INVALID_INPUT', message, { problems, total });
}

export function tooManyRows(rows: number, maximum: number): ModelRuntimeError {
  const message = `At most ${maximum} rows in one call; got ${rows}`;
  return new ModelRuntimeError('INVALID_INPUT', message, { input: 'rows', value: rows, rule: `at most ${maximum}` });
}

// JSON has no NaN, Infinity, undefined or bigint, and they are what a message must show.
function shown(value: unknown): string {
  return typeof value === 'string'
    ? JSON.stringify(value)
    : typeof value === 'object'
      ? typeName(value)
      : String(value);
}

function typeName(value: object | null): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : 'an object';
}

function presentable(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, MAX_TEXT);
  if (typeof value === 'boolean' || value === null || Number.isFinite(value)) return value;
  return shown(value);
}

/** Columns of a row that the model does not take are ignored. Throws INVALID_INPUT with the first 20 problems. */
export function encodeRows(rows: readonly Record<string, unknown>[], signature: ModelSignature): InputBatch {
  return encodePlainRows(rows, signature) ?? encodeCheckedRows(rows, signature);
}

/** The same value by value, for rows that are not plain: it knows every form and names what is wrong. */
export function encodeCheckedRows(rows: readonly Record<string, unknown>[], { inputs }: ModelSignature): InputBatch {
  const problems: InputProblem[] = [];
  let total = 0;
  const refuse = (row: number, input: string, value: unknown, rule: string): void => {
    total += 1;
    if (problems.length < MAX_PROBLEMS) problems.push({ row, input, value: presentable(value), rule });
  };
  const column = <T>(input: SignatureInput, convert: (value: unknown) => Converted<T>, keep: (value: T) => void) =>
    rows.forEach((row, r) => {
      const value = Object.hasOwn(row, input.name) ? row[input.name] : undefined;
      const converted = value === undefined ? { rule: RULES.present } : convert(value);
      if ('ok' in converted) keep(converted.ok);
      else refuse(r, input.name, value, converted.rule);
    });

  requireObjects(rows);
  const numeric = inputs.filter(({ type }) => type !== 'string');
  const numbers = new Float32Array(numeric.length * rows.length);
  const strings: string[] = [];
  let n = 0;
  for (const input of inputs) {
    const { type } = input;
    if (type === 'string') column(input, toText, (value) => strings.push(value));
    else
      column(
        input,
        (value) => toNumber(value, type),
        (value) => (numbers[n++] = value),
      );
  }
  if (total > 0) throw invalidInput(problems, total);
  return { rows: rows.length, numbers, strings };
}

function requireObjects(rows: readonly unknown[]): void {
  const r = rows.findIndex((row) => typeof row !== 'object' || row === null || Array.isArray(row));
  if (r < 0) return;
  throw invalidInput([
    { row: r, input: 'row', value: presentable(rows[r]), rule: 'must be an object of column values' },
  ]);
}
