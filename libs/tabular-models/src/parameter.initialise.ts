import type { Initialisation, ParameterLayout } from './parameter.layout';
import { normal, randomStream, uniform } from './random.stream';

/**
 * Fresh parameters with PyTorch's distributions: Embedding N(0, 1), Linear U(±1/√in) for weight and bias,
 * attention in-projection Xavier-uniform over [3D, D] with zero bias, LayerNorm 1 and 0.
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
