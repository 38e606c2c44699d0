import type { Configuration, SearchSpace } from '@perennial/search';

/** A function to be minimised, with its known least value. */
export interface SyntheticFunction {
  readonly name: string;
  readonly space: SearchSpace;
  readonly least: number;
  readonly value: (configuration: Configuration) => number;
}

const range = (min: number, max: number, scale: 'linear' | 'log' = 'linear', integer = false) => ({
  min,
  max,
  scale,
  integer,
});

const numbers = ({ parameters }: Configuration, ...names: string[]) => names.map((name) => Number(parameters[name]));

/** Dixon and Szegő 1978. */
const branin: SyntheticFunction = {
  name: 'Branin',
  space: { function: { x: range(-5, 10), y: range(0, 15) } },
  least: 0.397887,
  value: (configuration) => {
    const [x, y] = numbers(configuration, 'x', 'y') as [number, number];
    const parabola = y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6;
    return parabola ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
  },
};

const weights = [1, 1.2, 3, 3.2];
const widths = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const centres = [
  [1312, 1696, 5569, 124, 8283, 5886],
  [2329, 4135, 8307, 3736, 1004, 9991],
  [2348, 1451, 3522, 2883, 3047, 6650],
  [4047, 8828, 8732, 5743, 1091, 381],
];
const axes = ['a', 'b', 'c', 'd', 'e', 'f'];

const hartmann: SyntheticFunction = {
  name: 'Hartmann 6',
  space: { function: Object.fromEntries(axes.map((axis) => [axis, range(0, 1)])) },
  least: -3.32237,
  value: (configuration) => {
    const point = numbers(configuration, ...axes);
    const bump = (index: number) =>
      point.reduce(
        (sum, at, axis) =>
          sum + (widths[index]?.[axis] as number) * (at - (centres[index]?.[axis] as number) * 1e-4) ** 2,
        0,
      );
    return -weights.reduce((sum, weight, index) => sum + weight * Math.exp(-bump(index)), 0);
  },
};

/** Three kinds as a search over models has them: rates on a logarithmic scale, whole numbers and choices. */
const kinds: SyntheticFunction = {
  name: 'mixed, three kinds',
  space: {
    trees: {
      rate: range(0.005, 0.5, 'log'),
      leaves: range(4, 256, 'log', true),
      rows: range(5, 200, 'log', true),
      share: range(0.3, 1),
      penalty: range(0.001, 100, 'log'),
    },
    network: {
      rate: range(1e-5, 0.1, 'log'),
      layers: range(1, 6, 'linear', true),
      dropout: range(0, 0.6),
      optimizer: { choices: ['sgd', 'adam', 'adamw'] },
    },
    linear: { rate: range(1e-5, 1, 'log') },
  },
  least: 0,
  value: (configuration) => {
    const apart = (name: string, best: number) => Math.log10(Number(configuration.parameters[name]) / best) ** 2;
    const [share, layers, dropout] = numbers(configuration, 'share', 'layers', 'dropout') as [number, number, number];
    if (configuration.kind === 'linear') return 0.5 + apart('rate', 0.01);
    if (configuration.kind === 'network') {
      const optimizer = { sgd: 0.3, adam: 0.05, adamw: 0 }[String(configuration.parameters.optimizer)] as number;
      return 0.2 + apart('rate', 1e-3) + 0.05 * (layers - 3) ** 2 + (dropout - 0.2) ** 2 + optimizer;
    }
    // More leaves want a lower rate.
    const leaves = Math.log10(Number(configuration.parameters.leaves) / 24);
    const rate = Math.log10(Number(configuration.parameters.rate) / 0.05) + 0.7 * leaves;
    return rate ** 2 + 0.3 * leaves ** 2 + 0.2 * apart('rows', 40) + (share - 0.7) ** 2 + 0.05 * apart('penalty', 3);
  },
};

export const syntheticFunctions: readonly SyntheticFunction[] = [branin, hartmann, kinds];
