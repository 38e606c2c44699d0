export type ParameterValue = string | number | boolean | null | readonly number[];

/** From min to max, both allowed. `log`: as likely between 1 and 10 as between 10 and 100. */
export interface Range {
  readonly min: number;
  readonly max: number;
  readonly scale: 'linear' | 'log';
  readonly integer: boolean;
}

export interface Choice {
  readonly choices: readonly ParameterValue[];
}

export type ParameterSpace = Range | Choice;

/** Per kind of model its parameters; those of one kind mean nothing to another. */
export type SearchSpace = Readonly<Record<string, Readonly<Record<string, ParameterSpace>>>>;

/** One point of the space. */
export interface Configuration {
  readonly kind: string;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
}

export const isRange = (space: ParameterSpace): space is Range => 'min' in space;

/** Nothing to choose. */
export const isFixed = (space: ParameterSpace): boolean =>
  isRange(space) ? space.min === space.max : space.choices.length === 1;

/** A value as the number that the estimators work on: itself, or its place among the choices (−1: none of them). */
export function coordinateOf(space: ParameterSpace, value: ParameterValue): number {
  if (isRange(space)) return Number(value);
  const wanted = JSON.stringify(value);
  return space.choices.findIndex((choice) => JSON.stringify(choice) === wanted);
}

export function valueOf(space: ParameterSpace, coordinate: number): ParameterValue {
  return isRange(space) ? coordinate : (space.choices[coordinate] as ParameterValue);
}

/** Equal for equal configurations, whatever the order of their parameters. */
export function configurationKey({ kind, parameters }: Configuration): string {
  return JSON.stringify([kind, Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** Where a range lies on the axis on which it is even: logarithms, and half a step more on both sides of integers. */
export function axisOf({ min, max, scale, integer }: Range): { readonly low: number; readonly high: number } {
  const margin = integer ? 0.5 : 0;
  const [low, high] = [min - margin, max + margin];
  return scale === 'log' ? { low: Math.log(low), high: Math.log(high) } : { low, high };
}

/** The value of a range at a place on its axis. */
export function onAxis({ min, max, scale, integer }: Range, place: number): number {
  const value = scale === 'log' ? Math.exp(place) : place;
  return Math.min(max, Math.max(min, integer ? Math.round(value) : value));
}
