import type { ColumnType } from '@perennial/columns';
import { type Datatype, type Element, type Kind, rulesOf } from './datatype';
import type { InferCall, InputTensor } from './infer.call';
import { invalid } from './open-inference.error';

export interface ModelColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** What may fill a column. A day is a text or days since 1970; a category may be numeric; 0 and 1 are booleans. */
const KINDS: Record<ColumnType, readonly Kind[]> = {
  string: ['text', 'integer', 'float'],
  number: ['integer', 'float'],
  integer: ['integer', 'float'],
  boolean: ['bool', 'integer', 'float'],
  date: ['text', 'integer', 'float'],
};

const KIND_NAMES: Record<Kind, string> = {
  text: 'BYTES',
  bool: 'BOOL',
  integer: 'INT8 to INT64, UINT8 to UINT64',
  float: 'FP16 to FP64',
};

/** The datatype that says a column's values best. */
export const datatypeOf = ({ type }: ModelColumn): Datatype => (type === 'string' ? 'BYTES' : 'FP32');

/**
 * Rows of a call: one tensor for each column of the model, all of the same length. NaN, null and an empty text are
 * missing values. Throws INVALID_INPUT; whether the values suit the columns is for the model to say.
 */
export function rowsOf({ inputs }: InferCall, columns: readonly ModelColumn[]): Record<string, unknown>[] {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const expected = () => [...byName.keys()].join(', ');
  const count = inputs[0]?.shape[0] ?? 0;
  for (const input of inputs) {
    const column = byName.get(input.name);
    if (!column) throw invalid(input.name, input.name, `must be one of the inputs ${expected()}`);
    checkTensor(input, column, count);
  }
  if (inputs.length < columns.length) {
    const given = new Set(inputs.map(({ name }) => name));
    const missing = columns.filter(({ name }) => !given.has(name)).map(({ name }) => name);
    throw invalid(missing[0] as string, undefined, `must be given: the inputs are ${expected()}`);
  }
  const rows: Record<string, unknown>[] = new Array(count);
  for (let r = 0; r < count; r += 1) rows[r] = {};
  for (const { name, values } of inputs) {
    const { type } = byName.get(name) as ModelColumn;
    for (let r = 0; r < count; r += 1) (rows[r] as Record<string, unknown>)[name] = cell(values[r] ?? null, type);
  }
  return rows;
}

function checkTensor({ name, datatype, shape }: InputTensor, { type }: ModelColumn, rows: number): void {
  const kinds = KINDS[type];
  if (!kinds.includes(rulesOf(datatype).kind)) {
    const accepted = kinds.map((kind) => KIND_NAMES[kind]).join(', ');
    throw invalid(name, datatype, `must be of a datatype that fits a ${type} column: ${accepted}`);
  }
  if (shape[0] !== rows) throw invalid(name, shape, `must have ${rows} rows as the first input`);
}

function cell(value: Element | null, type: ColumnType): unknown {
  if (Number.isNaN(value)) return null;
  if (typeof value === 'bigint') return type === 'string' ? String(value) : Number(value);
  // A client without a BOOL tensor sends 0 and 1.
  if (type === 'boolean' && (value === 0 || value === 1)) return value === 1;
  return type === 'date' && value === '' ? null : value;
}
