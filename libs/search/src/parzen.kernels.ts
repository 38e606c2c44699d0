import { logNormalMass, logTruncatedNormal, truncatedNormalQuantile } from './normal.distribution';
import { axisOf, onAxis, isRange, type Choice, type ParameterSpace, type Range } from './search.space';

/** A density over one parameter, in coordinates. */
export interface Kernel {
  logDensity(coordinate: number): number;
  /** The coordinate at the share u in [0, 1) of the density. */
  at(u: number): number;
}

/**
 * One kernel for each observation, and last the prior, which covers the whole space (Bergstra et al. 2011; widths and
 * their bounds, "magic clip", as in Optuna).
 */
export function kernelsOf(space: ParameterSpace, observations: readonly number[]): Kernel[] {
  return isRange(space) ? rangeKernels(space, observations) : choiceKernels(space, observations);
}

function rangeKernels(range: Range, observations: readonly number[]): Kernel[] {
  const { low, high } = axisOf(range);
  const centres = observations.map((value) => (range.scale === 'log' ? Math.log(value) : value));
  const widths = widthsOf(centres, low, high);
  const kernels = centres.map((centre, index) => rangeKernel(range, centre, widths[index] as number));
  return [...kernels, rangeKernel(range, 0.5 * (low + high), high - low)];
}

/** The wider gap to a neighbour, at least the range / min(100, kernels + 1), at most the range. */
function widthsOf(centres: readonly number[], low: number, high: number): number[] {
  const order = centres.map((_, index) => index).sort((a, b) => (centres[a] as number) - (centres[b] as number));
  const sorted = order.map((index) => centres[index] as number);
  const least = (high - low) / Math.min(100, centres.length + 2);
  const widths = new Array<number>(centres.length);
  order.forEach((index, place) => {
    const here = sorted[place] as number;
    const before = sorted[place - 1];
    const after = sorted[place + 1];
    // A bound counts as a neighbour only of a lone observation.
    const lone = sorted.length === 1;
    const left = before !== undefined ? here - before : lone ? here - low : 0;
    const right = after !== undefined ? after - here : lone ? high - here : 0;
    widths[index] = Math.min(high - low, Math.max(least, left, right));
  });
  return widths;
}

/** Normal on the range's axis, cut to the range; of an integer the mass of its step. */
function rangeKernel(range: Range, mu: number, sigma: number): Kernel {
  const { low, high } = axisOf(range);
  const [from, to] = [(low - mu) / sigma, (high - mu) / sigma];
  const logMass = logNormalMass(from, to);
  const axis = (value: number) => (range.scale === 'log' ? Math.log(value) : value);
  const within = (value: number) => (axis(value) - mu) / sigma;
  return {
    logDensity: (value) =>
      range.integer
        ? logNormalMass(within(value - 0.5), within(value + 0.5)) - logMass
        : logTruncatedNormal(axis(value), mu, sigma, logMass),
    at: (u) => onAxis(range, mu + sigma * truncatedNormalQuantile(u, from, to)),
  };
}

/** The observed choice with weight 1 more than each choice's share of the prior. */
function choiceKernels({ choices }: Choice, observations: readonly number[]): Kernel[] {
  const share = 1 / (observations.length + 1);
  const total = 1 + share * choices.length;
  const seen = observations.map((index) =>
    choiceKernel(choices.map((_, choice) => (share + (choice === index ? 1 : 0)) / total)),
  );
  return [...seen, choiceKernel(choices.map(() => 1 / choices.length))];
}

function choiceKernel(probabilities: readonly number[]): Kernel {
  return {
    logDensity: (index) => Math.log(probabilities[index] as number),
    at: (u) => indexAt(probabilities, u),
  };
}

/** The index at which the running sum of the probabilities passes u. */
export function indexAt(probabilities: readonly number[], u: number): number {
  let sum = 0;
  const index = probabilities.findIndex((probability) => (sum += probability) > u);
  return index < 0 ? probabilities.length - 1 : index;
}
