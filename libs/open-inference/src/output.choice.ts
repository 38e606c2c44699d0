import type { InferCall } from './infer.call';
import { invalid } from './open-inference.error';
import { requireSupported } from './request.fields';

/** The known outputs that a call asks for, in its order; all where it names none. Throws INVALID_INPUT. */
export function chosenOutputs<T extends { readonly name: string }>(
  { outputs }: InferCall,
  known: readonly T[],
): readonly T[] {
  if (outputs === null) return known;
  return outputs.map(({ name, parameters }) => {
    requireSupported(name, parameters);
    const output = known.find((each) => each.name === name);
    if (output) return output;
    throw invalid('outputs', name, `must be among ${known.map((each) => each.name).join(', ')}`);
  });
}
