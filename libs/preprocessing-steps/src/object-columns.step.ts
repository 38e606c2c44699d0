import type { StringColumn } from '@perennial/columns';
import { canonicalText } from '@perennial/pipeline';
import { valueCounts } from './column.statistics';

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Values that get a code. A declared closed list is taken whole and in its order; else the most frequent
 * maxCategories values of the reference (the first by text among equals), in order of their text.
 */
export function vocabularyOf(
  column: StringColumn,
  declared: readonly (string | number | boolean)[] | undefined,
  maxCategories: number,
): string[] {
  if (declared) return declared.map(canonicalText);
  const ranked = [...valueCounts(column)].sort(([a, countA], [b, countB]) => countB - countA || byText(a, b));
  return ranked
    .slice(0, maxCategories)
    .map(([value]) => value)
    .sort(byText);
}

/** Share of the non-null values outside the vocabulary; 0 where all are null. */
export function unknownShareOf(column: StringColumn, vocabulary: readonly string[]): number {
  const known = new Set(vocabulary);
  let values = 0;
  let unknown = 0;
  for (const [value, count] of valueCounts(column)) {
    values += count;
    if (!known.has(value)) unknown += count;
  }
  return values === 0 ? 0 : unknown / values;
}
