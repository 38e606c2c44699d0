import type { InputBatch } from './input.batch';
import type { ModelSignature, SignatureInput } from './model.signature';

/**
 * Rows whose values have the form that nearly all have: texts of categories, finite numbers, null. Undefined for any
 * other, however close: what is wrong, and every other form, is for `encodeCheckedRows`.
 */
export function encodePlainRows(
  rows: readonly Record<string, unknown>[],
  { inputs }: ModelSignature,
): InputBatch | undefined {
  const count = rows.length;
  const strings: string[] = [];
  const numbers = new Float32Array(numericInputs(inputs) * count);
  let n = 0;
  for (const { name, type } of inputs) {
    for (let r = 0; r < count; r += 1) {
      const row = rows[r];
      if (typeof row !== 'object' || row === null) return undefined;
      // Of what a row may inherit nothing is a text, a number or null.
      const value = row[name];
      if (type === 'string') {
        if (typeof value === 'string') strings.push(value);
        else if (typeof value === 'number' && Number.isInteger(value)) strings.push(String(value));
        else if (value === null) strings.push('');
        else return undefined;
      } else if (value === null) numbers[n++] = NaN;
      else if ((type === 'number' || type === 'integer') && isPlain(value, type)) numbers[n++] = value;
      else return undefined;
    }
  }
  return { rows: count, numbers, strings };
}

const LARGEST = 3.4e38;

const isPlain = (value: unknown, type: 'number' | 'integer'): value is number =>
  typeof value === 'number' && value > -LARGEST && value < LARGEST && (type === 'number' || Number.isInteger(value));

function numericInputs(inputs: readonly SignatureInput[]): number {
  let count = 0;
  for (const { type } of inputs) if (type !== 'string') count += 1;
  return count;
}
