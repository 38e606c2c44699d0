import type { BatchColumns, InputBatch } from './input.batch';

/** Missing values, zeros and ones. */
const NUMBERS = [NaN, 0, 1];
const STRINGS = ['', '0', '1'];
export const KINDS = NUMBERS.length;

/** Kernels add up in another order for another number of rows. */
const TOLERANCE = 1e-3;

/** Rows of each kind in turn, from the given one on. */
export function exampleRows({ numericInputs, stringInputs }: BatchColumns, rows: number, first = 0): InputBatch {
  const kindOf = (at: number) => (first + (at % rows)) % KINDS;
  const strings = Array.from({ length: stringInputs.length * rows }, (_, at) => STRINGS[kindOf(at)] as string);
  const numbers = new Float32Array(numericInputs.length * rows).map((_, at) => NUMBERS[kindOf(at)] as number);
  return { rows, numbers, strings };
}

/**
 * The first row whose probability is another beside others than by itself; null where there is none. alone: of each
 * kind of row by itself; together: of rows of the kinds in turn.
 */
export function dependence(alone: readonly number[], together: Float32Array) {
  const row = together.findIndex((probability, at) => differ(probability, alone[at % alone.length] as number));
  if (row < 0) return null;
  const rule = `must answer a row alike, whatever rows are beside it: by itself ${alone[row % alone.length]}, as row ${row} of ${together.length} ${together[row]}`;
  return { field: 'probability', value: together[row] as number, rule };
}

const differ = (a: number, b: number): boolean =>
  Number.isNaN(a) ? !Number.isNaN(b) : !(Math.abs(a - b) <= TOLERANCE);
