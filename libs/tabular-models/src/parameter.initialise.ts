import type { Initialisation } from './model.build';
import type { ParameterLayout } from './parameter.layout';
import { normal, randomStream, uniform } from './random.stream';

/**
 * Fresh parameters, each drawn as its layer says.
 */
export function initialiseParameters(layout: ParameterLayout, seed: number): Float32Array {
  const random = randomStream(seed, 'initialisation');
  const flat = new Float32Array(layout.size);
  const draw = (initialisation: Initialisation): number => {
    if (initialisation.kind === 'constant') return initialisation.value;
    return initialisation.kind === 'normal' ? normal(random) : uniform(random, initialisation.bound);
  };
  for (const { offset, size, initialisation } of layout.parameters) {
    for (let index = offset; index < offset + size; index++) flat[index] = draw(initialisation);
  }
  return flat;
}
