import { dateText } from '@perennial/columns';
import { type ColumnDeclaration, dateParser } from '@perennial/pipeline';
import type { Sampler, Value } from './column.sampler';

const isPresent = (value: unknown): boolean => value !== null && value !== undefined && value !== '';

/** The empirical distribution: a value as often as it occurred. */
function frequencySampler(values: readonly Value[]): Sampler {
  return (uniform) => values[Math.floor(uniform * values.length)] as Value;
}

/** Inverse of the empirical distribution function, linear between the order statistics. */
export function quantile(sorted: readonly number[], uniform: number): number {
  const position = uniform * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] as number;
  return low + (position - below) * ((sorted[below + 1] ?? low) - low);
}

function continuous(numbers: number[], finish: (value: number) => Value): Sampler {
  const sorted = numbers.sort((a, b) => a - b);
  return (uniform) => finish(quantile(sorted, uniform));
}

/** Few distinct values are codes or amounts on a grid: nothing lies between them. */
const isDiscrete = (values: readonly unknown[]): boolean => new Set(values).size <= Math.max(10, values.length * 0.02);

const rounded = (value: number): number => Number(value.toPrecision(12));

function presentSampler({ type, format }: ColumnDeclaration, values: readonly unknown[]): Sampler {
  if (type === 'number' || type === 'integer') {
    const numbers = values.filter((value): value is number => typeof value === 'number');
    if (numbers.length === 0 || isDiscrete(numbers)) return frequencySampler(numbers.length ? numbers : [null]);
    return continuous([...numbers], type === 'integer' ? Math.round : rounded);
  }
  if (type === 'date' && (format ?? 'yyyy-MM-dd') === 'yyyy-MM-dd') {
    const parse = dateParser();
    const days = values.map((value) => parse(String(value))).filter((day): day is number => day !== null);
    if (days.length > 0) return continuous(days, (day) => dateText(Math.round(day)));
  }
  return frequencySampler(values as Value[]);
}

/** Draws like the values seen: the same share of nulls, the same distribution of the rest. */
export function learnedSampler(column: ColumnDeclaration, seen: readonly unknown[]): Sampler {
  const present = seen.filter(isPresent);
  const nullShare = seen.length === 0 ? 1 : 1 - present.length / seen.length;
  if (present.length === 0) return () => null;
  const sample = presentSampler(column, present);
  return (uniform) => (uniform < nullShare ? null : sample((uniform - nullShare) / (1 - nullShare)));
}
