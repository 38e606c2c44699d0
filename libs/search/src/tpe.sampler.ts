import { splitObservations, type Observation } from './observation.split';
import { parzenEstimator } from './parzen.estimator';
import {
  axisOf,
  type Configuration,
  configurationKey,
  coordinateOf,
  isFixed,
  isRange,
  onAxis,
  type ParameterSpace,
  type SearchSpace,
  valueOf,
} from './search.space';

export interface TpeOptions {
  /** Results that random configurations gather before the estimators are asked. */
  readonly startup: number;
  /** Points drawn from the good estimator, of which the likeliest to be good is taken. */
  readonly candidates: number;
  /** The parameters of a kind together, so that they may depend on each other; otherwise each by itself. */
  readonly joint: boolean;
}

export const standardTpe: TpeOptions = { startup: 10, candidates: 24, joint: true };

const TRIES = 32;
const RANDOM_TRIES = 1000;

/**
 * A configuration that was not asked for before: at random at first, then by the tree-structured Parzen estimator
 * (Bergstra et al. 2011). The kind comes first, then its parameters. Null where the space seems used up.
 */
export function suggest(
  space: SearchSpace,
  observations: readonly Observation[],
  uniform: () => number,
  options: TpeOptions = standardTpe,
): Configuration | null {
  const asked = new Set(observations.map(({ configuration }) => configurationKey(configuration)));
  const isNew = (configuration: Configuration) => !asked.has(configurationKey(configuration));
  const results = observations.filter(({ result }) => result !== null).length;
  for (let tries = 0; results >= options.startup && tries < TRIES; tries++) {
    const configuration = estimated(space, observations, uniform, options);
    if (isNew(configuration)) return configuration;
  }
  for (let tries = 0; tries < RANDOM_TRIES; tries++) {
    const configuration = randomConfiguration(space, uniform);
    if (isNew(configuration)) return configuration;
  }
  return null;
}

/** Even over the kinds, and over each parameter on its scale. */
export function randomConfiguration(space: SearchSpace, uniform: () => number): Configuration {
  const kinds = Object.keys(space);
  const kind = kinds[Math.floor(uniform() * kinds.length)] as string;
  return configurationOf(space, kind, (_, parameter) => randomCoordinate(parameter, uniform));
}

function randomCoordinate(space: ParameterSpace, uniform: () => number): number {
  if (!isRange(space)) return Math.floor(uniform() * space.choices.length);
  const { low, high } = axisOf(space);
  return onAxis(space, low + uniform() * (high - low));
}

function configurationOf(
  space: SearchSpace,
  kind: string,
  coordinate: (name: string, parameter: ParameterSpace) => number,
): Configuration {
  const parameters = Object.entries(space[kind] ?? {}).map(([name, parameter]) => [
    name,
    valueOf(parameter, isFixed(parameter) ? coordinateOfFixed(parameter) : coordinate(name, parameter)),
  ]);
  return { kind, parameters: Object.fromEntries(parameters) };
}

const coordinateOfFixed = (space: ParameterSpace): number => (isRange(space) ? space.min : 0);

function estimated(
  space: SearchSpace,
  observations: readonly Observation[],
  uniform: () => number,
  options: TpeOptions,
): Configuration {
  const { good, bad } = splitObservations(observations);
  const kinds = { choices: Object.keys(space) };
  const choose = (spaces: readonly ParameterSpace[], points: (from: readonly Observation[]) => number[][]) =>
    likeliest(spaces, points(good), points(bad), uniform, options.candidates);
  const ofKind = ({ configuration }: Observation) => [coordinateOf(kinds, configuration.kind)];
  const [index] = isFixed(kinds) ? [0] : choose([kinds], (from) => from.map(ofKind));
  const kind = kinds.choices[index as number] as string;
  const free = Object.entries(space[kind] ?? {}).filter(([, parameter]) => !isFixed(parameter));
  const groups = options.joint ? [free] : free.map((parameter) => [parameter]);
  const chosen = new Map<string, number>();
  for (const group of groups.filter(({ length }) => length > 0)) {
    const pointOf = ({ configuration: { parameters } }: Observation) =>
      group.map(([name, parameter]) => coordinateOf(parameter, parameters[name] ?? null));
    const point = choose(
      group.map(([, parameter]) => parameter),
      (from) => from.filter(({ configuration }) => configuration.kind === kind).map(pointOf),
    );
    group.forEach(([name], place) => chosen.set(name, point[place] as number));
  }
  return configurationOf(space, kind, (name) => chosen.get(name) as number);
}

/** Of points drawn from the good estimator the one where it most exceeds the bad one. */
function likeliest(
  spaces: readonly ParameterSpace[],
  good: readonly number[][],
  bad: readonly number[][],
  uniform: () => number,
  candidates: number,
): number[] {
  const [ofGood, ofBad] = [parzenEstimator(spaces, good), parzenEstimator(spaces, bad)];
  const drawn = Array.from({ length: candidates }, () => ofGood.sample(uniform));
  const gains = drawn.map((point) => ofGood.logDensity(point) - ofBad.logDensity(point));
  return drawn[gains.indexOf(Math.max(...gains))] as number[];
}
