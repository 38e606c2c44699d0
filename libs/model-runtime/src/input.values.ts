import type { ColumnType } from '@perennial/columns';

/** Either the value as the tensor takes it, or the rule that the given value breaks. */
export type Converted<T> = { ok: T } | { rule: string };

const DAY_MS = 86_400_000;
const ISO_DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

export const RULES = {
  present: 'must be given; null where the value is not known',
  string: 'must be a string, a finite number (a category of numeric origin) or null',
  number: 'must be a finite number or null',
  float32: 'must lie within ±3.4028234663852886e38',
  integer: 'must be an integer or null',
  boolean: 'must be true, false or null',
  date: 'must be a day as yyyy-MM-dd, an integer of days since 1970-01-01, or null',
} as const;

/** Canonical string of a category: numbers in decimal form ("1", "-2"); null is "". */
export function toText(value: unknown): Converted<string> {
  if (typeof value === 'string') return { ok: value };
  if (value === null) return { ok: '' };
  if (typeof value === 'number' && Number.isFinite(value)) return { ok: String(value) };
  return { rule: RULES.string };
}

/** Null is NaN, booleans 0 and 1, dates days since 1970-01-01. */
export function toNumber(value: unknown, type: Exclude<ColumnType, 'string'>): Converted<number> {
  if (value === null) return { ok: NaN };
  if (type === 'boolean') return typeof value === 'boolean' ? { ok: Number(value) } : { rule: RULES.boolean };
  if (type === 'date') return toDays(value);
  if (typeof value !== 'number' || !Number.isFinite(value)) return { rule: RULES[type] };
  if (type === 'integer' && !Number.isInteger(value)) return { rule: RULES.integer };
  return Number.isFinite(Math.fround(value)) ? { ok: value } : { rule: RULES.float32 };
}

function toDays(value: unknown): Converted<number> {
  if (Number.isSafeInteger(value)) return { ok: value as number };
  const parts = typeof value === 'string' ? ISO_DAY.exec(value) : null;
  if (parts === null) return { rule: RULES.date };
  const milliseconds = Date.parse(`${parts[0]}T00:00:00Z`);
  // Date.parse takes 30 February for 1 or 2 March.
  const exists = !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(parts[0]);
  return exists ? { ok: milliseconds / DAY_MS } : { rule: RULES.date };
}
