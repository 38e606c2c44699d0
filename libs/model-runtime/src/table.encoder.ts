import type { Column, Table } from '@perennial/columns';
import type { InputBatch } from './input.batch';
import { RULES } from './input.values';
import type { ModelSignature, SignatureInput } from './model.signature';
import { invalidInput } from './row.encoder';

/** The model's inputs out of a table, found once for all its chunks. Throws INVALID_INPUT. */
export function inputColumns(table: Table, { inputs }: ModelSignature): Column[] {
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  return inputs.map((input) => {
    const column = byName.get(input.name);
    const rule = column === undefined ? 'must be a column of the table' : wrongType(column, input);
    if (rule !== undefined) throw invalidInput([{ row: 0, input: input.name, value: column?.type ?? null, rule }]);
    return column as Column;
  });
}

function wrongType(column: Column, input: SignatureInput): string | undefined {
  const agrees = (column.type === 'string') === (input.type === 'string');
  return agrees ? undefined : `must be a ${input.type === 'string' ? 'string' : 'numeric'} column`;
}

/** Rows from `start` to before `end` of the input columns. Throws INVALID_INPUT for what float32 cannot hold. */
export function encodeColumns(columns: readonly Column[], start: number, end: number): InputBatch {
  const rows = end - start;
  const numeric = columns.filter((column) => column.type !== 'string');
  const numbers = new Float32Array(numeric.length * rows);
  numeric.forEach((column, c) => {
    numbers.set(column.values.subarray(start, end), c * rows);
    const r = numbers.subarray(c * rows, (c + 1) * rows).findIndex((value) => Math.abs(value) === Infinity);
    if (r < 0) return;
    const value = String(column.values[start + r]);
    throw invalidInput([{ row: start + r, input: column.name, value, rule: RULES.float32 }]);
  });
  const strings: string[] = [];
  for (const column of columns) {
    if (column.type !== 'string') continue;
    for (let r = start; r < end; r += 1) strings.push(column.values[r] ?? '');
  }
  return { rows, numbers, strings };
}
