import { dateText } from '@perennial/columns';
import { type ColumnDeclaration, dayNumber } from '@perennial/pipeline';
import { badInput } from '../command.error';

export type Value = string | number | boolean | null;

/** A uniform number in [0, 1) becomes a value of the column. */
export type Sampler = (uniform: number) => Value;

const defaultSpan = 100;

const dayOf = (bound: number | string | undefined): number | undefined =>
  typeof bound === 'string' ? (dayNumber(bound) ?? undefined) : bound;

const pick = <T>(values: readonly T[], uniform: number): T => values[Math.floor(uniform * values.length)] as T;

/** Uniform over the declared range; an open side ends `span` beyond the other. */
function rangeOf({ minimum, maximum }: ColumnDeclaration, span: number, fallback: number): [number, number] {
  const [low, high] = [dayOf(minimum), dayOf(maximum)];
  const first = low ?? (high === undefined ? fallback : high - span);
  return [first, high ?? first + span];
}

function numberSampler(column: ColumnDeclaration): Sampler {
  const [low, high] = rangeOf(column, defaultSpan, 0);
  if (column.type === 'integer') return (uniform) => low + Math.floor(uniform * (high - low + 1));
  return (uniform) => Math.round((low + uniform * (high - low)) * 1e6) / 1e6;
}

/** Days of a year up to the given one, unless the column declares its range. */
function dateSampler(column: ColumnDeclaration, lastDay: number): Sampler {
  const span = 364;
  const [low, high] = rangeOf(column, span, lastDay - span);
  return (uniform) => dateText(low + Math.floor(uniform * (high - low + 1)));
}

/** Values as the declaration alone allows them. @throws CommandError for a category without declared values */
export function declaredSampler(column: ColumnDeclaration, lastDay: number): Sampler {
  const { values, type, name } = column;
  if (values) return (uniform) => pick(values, uniform);
  switch (type) {
    case 'number':
    case 'integer':
      return numberSampler(column);
    case 'boolean':
      return (uniform) => uniform < 0.5;
    case 'date':
      return dateSampler(column, lastDay);
    case 'string':
      return (uniform) => `${name}-${Math.floor(uniform * 1000)}`;
    case 'category':
      throw badInput(`column ${name}: its values are not declared`, {
        hint: 'name a file to learn them from: --like FILE',
      });
  }
}
