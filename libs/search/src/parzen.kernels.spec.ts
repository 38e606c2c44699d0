import fc from 'fast-check';
import { kernelsOf } from './parzen.kernels';
import { axisOf, isRange, type ParameterSpace, type Range } from './search.space';

const spaces: ParameterSpace[] = [
  { min: -2, max: 6, scale: 'linear', integer: false },
  { min: 1e-4, max: 1, scale: 'log', integer: false },
  { min: 1, max: 9, scale: 'linear', integer: true },
  { min: 1, max: 300, scale: 'log', integer: true },
  { choices: ['a', 'b', 'c'] },
];

/** Probability of what lies at or below a coordinate: a sum over steps, or an integral over the axis. */
function below(density: (coordinate: number) => number, space: ParameterSpace, coordinate: number): number {
  const sum = (from: number) => {
    let total = 0;
    for (let at = from; at <= coordinate; at++) total += density(at);
    return total;
  };
  if (!isRange(space)) return sum(0);
  return space.integer ? sum(space.min) : integral(density, space, coordinate);
}

/** Kernels of a logarithmic range are densities over its axis. */
function integral(density: (coordinate: number) => number, space: Range, coordinate: number): number {
  const log = space.scale === 'log';
  const { low } = axisOf(space);
  const high = log ? Math.log(coordinate) : coordinate;
  const steps = 4000;
  const width = (high - low) / steps;
  let total = 0;
  for (let step = 0; step < steps; step++) {
    const place = low + (step + 0.5) * width;
    total += width * density(log ? Math.exp(place) : place);
  }
  return total;
}

describe.each(spaces)('kernels over %j', (space) => {
  const seen = isRange(space) ? [space.min, space.max, space.integer ? 3 : 0.5] : [0, 0, 2];
  const kernels = kernelsOf(space, seen);

  it('sum to one', () => {
    const last = isRange(space) ? space.max : space.choices.length - 1;
    for (const { logDensity } of kernels) {
      expect(below((at) => Math.exp(logDensity(at)), space, last)).toBeCloseTo(1, 5);
    }
  });

  it('are drawn from as often as their density says', () => {
    fc.assert(
      fc.property(fc.nat(kernels.length - 1), fc.double({ min: 0, max: 0.999, noNaN: true }), (index, u) => {
        const { at, logDensity } = kernels[index] as (typeof kernels)[number];
        const drawn = at(u);
        const density = (coordinate: number) => Math.exp(logDensity(coordinate));
        const upTo = below(density, space, drawn);
        if (isRange(space) && !space.integer) expect(Math.abs(upTo - u)).toBeLessThan(1e-4);
        else {
          expect(upTo).toBeGreaterThan(u - 1e-9);
          expect(upTo - density(drawn)).toBeLessThan(u + 1e-9);
        }
      }),
      { numRuns: 60 },
    );
  });
});
