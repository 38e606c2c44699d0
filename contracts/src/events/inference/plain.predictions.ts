import { DIGEST } from '../fields';

type Fields = Readonly<Record<string, unknown>>;

const isNumber = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value < Infinity;
const isCount = (value: unknown): boolean => isNumber(value) && Number.isSafeInteger(value);

/** The columns that every batch has, and what their values must be. */
const COLUMNS: Readonly<Record<string, (value: unknown) => boolean>> = {
  arm: isCount,
  probability: (value) => isNumber(value) && value <= 1,
  prediction: (value) => value === 0 || value === 1,
  latencyMs: isNumber,
  at: isCount,
  inputDigest: (value) => typeof value === 'string' && DIGEST.test(value),
};

/**
 * Whether these are the columns of a batch without logged inputs and looked-up features, each with as many values, from 1
 * to `most`, and `arm` with places of so many arms. Schemas make two objects for each value; these are most of what
 * thousands of predictions a second are.
 */
export function arePlainPredictions(columns: unknown, most: number, arms: number): boolean {
  if (!hasFields(columns, Object.keys(COLUMNS))) return false;
  const { arm } = columns;
  if (!Array.isArray(arm) || arm.length === 0 || arm.length > most) return false;
  for (const name in COLUMNS) {
    const values = columns[name];
    const isValid = COLUMNS[name] as (value: unknown) => boolean;
    if (!Array.isArray(values) || values.length !== arm.length) return false;
    for (let at = 0; at < values.length; at += 1) if (!isValid(values[at])) return false;
  }
  return arm.every((place: number) => place < arms);
}

/** An object of exactly these fields. */
export function hasFields(value: unknown, names: readonly string[]): value is Fields {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.keys(value).length === names.length && names.every((name) => Object.hasOwn(value, name));
}
