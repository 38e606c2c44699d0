import { indexAt, kernelsOf, type Kernel } from './parzen.kernels';
import type { ParameterSpace } from './search.space';

/** A mixture over points: each component is a product of kernels, one for each parameter. */
export interface ParzenEstimator {
  logDensity(point: readonly number[]): number;
  sample(uniform: () => number): number[];
}

/** After 25 the oldest observations count less, falling evenly to 1/n; the prior counts as much as one of the newest. */
function componentWeights(observations: number): number[] {
  const old = Math.max(0, observations - 25);
  const ramp = (index: number) =>
    old === 1 ? 1 / observations : 1 / observations + (index / (old - 1)) * (1 - 1 / observations);
  const weights = Array.from({ length: observations }, (_, index) => (index < old ? ramp(index) : 1));
  const sum = weights.reduce((total, weight) => total + weight, 1);
  return [...weights, 1].map((weight) => weight / sum);
}

/** Of observations in the order in which they were asked for, in coordinates. */
export function parzenEstimator(
  spaces: readonly ParameterSpace[],
  observations: readonly (readonly number[])[],
): ParzenEstimator {
  const weights = componentWeights(observations.length);
  const logWeights = weights.map(Math.log);
  const kernels = spaces.map((space, dimension) =>
    kernelsOf(
      space,
      observations.map((point) => point[dimension] as number),
    ),
  );
  const component = (index: number) => kernels.map((ofSpace) => ofSpace[index] as Kernel);
  return {
    logDensity: (point) =>
      logSumExp(
        logWeights.map((logWeight, index) =>
          component(index).reduce(
            (sum, kernel, dimension) => sum + kernel.logDensity(point[dimension] as number),
            logWeight,
          ),
        ),
      ),
    sample: (uniform) => component(indexAt(weights, uniform())).map((kernel) => kernel.at(uniform())),
  };
}

function logSumExp(terms: readonly number[]): number {
  const most = Math.max(...terms);
  return most === -Infinity ? most : most + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - most), 0));
}
