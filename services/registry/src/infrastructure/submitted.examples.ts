import type { FileProblem } from '@perennial/onnx-file';
import type { Dataset, Pipeline } from '@perennial/pipeline';

type Column = Pipeline['dataset']['columns'][number];
type Row = Record<string, string | number | boolean | null>;

const DAYS = ['2020-02-29', '2024-01-01', '2026-11-22'];

/** Three values that the column may have; numbers without bounds are of the size of ages, sums and shares. */
function valuesOf({ type, values, minimum, maximum }: Column): Row[string][] {
  if (values) return values.map(String);
  if (type === 'string' || type === 'category') return ['a', '1', 'unknown'];
  if (type === 'boolean') return [true, false];
  if (type === 'date') return [minimum ?? DAYS[0], maximum ?? DAYS[1], DAYS[2]] as string[];
  const low = typeof minimum === 'number' ? minimum : 0;
  const high = typeof maximum === 'number' ? maximum : Math.max(low, 0) + 1000;
  return [low, high, Math.floor((low + high) / 2)];
}

const ROWS = 24;

/** Rows with every value, and rows without what may be missing. */
export function exampleRows({ columns }: Dataset, names: readonly string[]) {
  const taken = columns.filter(({ name }) => names.includes(name));
  const complete = Array.from({ length: ROWS }, (_, row): Row => {
    // Columns step at paces of their own, so that their values meet in many ways.
    const value = (column: Column, at: number) => {
      const values = valuesOf(column);
      return values[Math.floor(row / ((at % 3) + 1)) % values.length] as Row[string];
    };
    return Object.fromEntries(taken.map((column, at) => [column.name, value(column, at)]));
  });
  const nullable = taken.filter((column) => column.nullable).map(({ name }) => name);
  const without = (row: Row, missing: readonly string[]): Row => ({
    ...row,
    ...Object.fromEntries(missing.map((name) => [name, null])),
  });
  const first = complete[0] as Row;
  const incomplete = nullable.length === 0 ? [] : [...nullable.map((name) => [name]), nullable];
  return { complete, incomplete: incomplete.map((missing) => without(first, missing)), nullable };
}

const isProbability = (value: number): boolean => value >= 0 && value <= 1;

/** `answers`: of the complete rows, then one without each of `nullable`, then one without them all. */
export function problemsOfAnswers(
  answers: readonly number[],
  complete: number,
  nullable: readonly string[],
): FileProblem[] {
  const wrong = answers.slice(0, complete).find((answer) => !isProbability(answer));
  if (wrong !== undefined) {
    const rule = 'must be a probability from 0 to 1 for rows that the schema allows; say so where scores are logits';
    return [{ field: 'scores', value: String(wrong), rule }];
  }
  const missing = answers.slice(complete);
  const refused = [...nullable, nullable.join(', ')].filter((_, at) => !isProbability(missing[at] ?? 0));
  const rule =
    'may be null in this pipeline, and the model then answers no probability: impute it within the model, or declare nullable: false';
  return refused.slice(0, nullable.length).map((name) => ({ field: `column ${name}`, value: null, rule }));
}
