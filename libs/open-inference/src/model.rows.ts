import type { ColumnType } from '@perennial/columns';
import { type Datatype, type Element, type Kind, rulesOf } from './datatype';
import type { InferCall, InputTensor } from './infer.call';
import { invalid } from './open-inference.error';

export interface ModelColumn {
  readonly name: string;
  readonly type: ColumnType;
}

const NO_LOOKUP: Lookup = { entities: [], columns: [] };

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

/** What a call may leave out because it is looked up, and the further inputs that say by which key. */
export interface Lookup {
  readonly entities: readonly string[];
  readonly columns: readonly string[];
}

/**
 * Rows of a call: one tensor for each column of the model, all of the same length. NaN, null and an empty text are
 * missing values. Throws INVALID_INPUT; whether the values suit the columns is for the model to say.
 */
export function rowsOf(
  { inputs }: InferCall,
  columns: readonly ModelColumn[],
  lookup: Lookup = NO_LOOKUP,
): Record<string, unknown>[] {
  const byName = columnsByName(columns);
  const expected = () => [...byName.keys()].join(', ');
  const count = inputs[0]?.shape[0] ?? 0;
  let given = 0;
  for (const input of inputs) {
    const column = byName.get(input.name);
    if (column) {
      checkTensor(input, column, count);
      given += 1;
    } else if (lookup.entities.includes(input.name)) checkRows(input, count);
    else throw invalid(input.name, input.name, `must be one of the inputs ${expected()}`);
  }
  // Each input is there once.
  const missing = given < columns.length ? missingColumn(inputs, columns, lookup) : undefined;
  if (missing) throw invalid(missing.name, undefined, `must be given: the inputs are ${expected()}`);
  const rows: Record<string, unknown>[] = new Array(count);
  for (let r = 0; r < count; r += 1) rows[r] = {};
  for (const { name, values } of inputs) {
    const type = byName.get(name)?.type;
    for (let r = 0; r < count; r += 1) {
      const value = values[r] ?? null;
      (rows[r] as Record<string, unknown>)[name] = type === undefined ? keyPart(value) : cell(value, type);
    }
  }
  return rows;
}

function missingColumn(
  inputs: readonly InputTensor[],
  columns: readonly ModelColumn[],
  lookup: Lookup,
): ModelColumn | undefined {
  const given = new Set(inputs.map(({ name }) => name));
  return columns.find(({ name }) => !given.has(name) && !lookup.columns.includes(name));
}

const known = new WeakMap<readonly ModelColumn[], ReadonlyMap<string, ModelColumn>>();

/** Made once for each model. */
function columnsByName(columns: readonly ModelColumn[]): ReadonlyMap<string, ModelColumn> {
  let byName = known.get(columns);
  if (byName === undefined) known.set(columns, (byName = new Map(columns.map((column) => [column.name, column]))));
  return byName;
}

function checkTensor({ name, datatype, shape }: InputTensor, { type }: ModelColumn, rows: number): void {
  const kinds = KINDS[type];
  if (!kinds.includes(rulesOf(datatype).kind)) {
    const accepted = kinds.map((kind) => KIND_NAMES[kind]).join(', ');
    throw invalid(name, datatype, `must be of a datatype that fits a ${type} column: ${accepted}`);
  }
  checkRows({ name, shape }, rows);
}

function checkRows({ name, shape }: Pick<InputTensor, 'name' | 'shape'>, rows: number): void {
  if (shape[0] !== rows) throw invalid(name, shape, `must have ${rows} rows as the first input`);
}

/** Beyond ±2^53 as text: such keys are names. */
function keyPart(value: Element | null): unknown {
  if (typeof value !== 'bigint') return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}

function cell(value: Element | null, type: ColumnType): unknown {
  if (Number.isNaN(value)) return null;
  if (typeof value === 'bigint') return type === 'string' ? String(value) : Number(value);
  // A client without a BOOL tensor sends 0 and 1.
  if (type === 'boolean' && (value === 0 || value === 1)) return value === 1;
  return type === 'date' && value === '' ? null : value;
}
