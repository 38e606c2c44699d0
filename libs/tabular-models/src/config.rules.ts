/** Null: kept; otherwise what the value must be. */
export type Rule<C> = (config: C, value: unknown) => string | null;

const isPositiveInteger = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 1;

export const positiveInteger = (_: unknown, value: unknown): string | null =>
  isPositiveInteger(value) ? null : 'must be a positive integer';

export const positiveIntegers = (_: unknown, value: unknown): string | null =>
  Array.isArray(value) && value.length > 0 && value.every(isPositiveInteger) ? null : 'must be positive integers';

/** Of attention heads, each of which takes its share of the width. */
export const dividesWidth = ({ dModel }: { readonly dModel: number }, value: unknown): string | null =>
  dModel % (value as number) === 0 ? null : `must divide dModel (${dModel})`;

/** Of dropout. */
export const probability = (_: unknown, value: unknown): string | null =>
  typeof value === 'number' && value >= 0 && value < 1 ? null : 'must be at least 0 and below 1';
