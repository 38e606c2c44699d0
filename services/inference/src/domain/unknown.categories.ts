import type { Row } from './prediction.request';

/** By column, the values that a model was trained on. */
export type Categories = ReadonlyMap<string, ReadonlySet<string>>;

export interface UnknownCategory {
  row: number;
  input: string;
  value: string;
  rule: string;
}

const SHOWN = 20;

/** The first value that the model has never seen; a missing one is no category. Numbers are categories as text. */
export function unknownCategory(rows: readonly Row[], categories: Categories): UnknownCategory | null {
  for (const [input, known] of categories) {
    for (let row = 0; row < rows.length; row += 1) {
      const given = (rows[row] as Row)[input];
      if (typeof given !== 'string' && typeof given !== 'number') continue;
      const value = String(given);
      if (value === '' || known.has(value)) continue;
      const names = [...known].slice(0, SHOWN).join(', ');
      const rule = `must be a known category: ${names}${known.size > SHOWN ? ` and ${known.size - SHOWN} more` : ''}`;
      return { row, input, value, rule };
    }
  }
  return null;
}
