import { initialiseParameters, parameterLayout } from '@perennial/tabular-models';
import { checkpointOf, parametersFor } from './checkpoint.format';
import { encoderOf, startFromEncoder } from './encoder.checkpoint';
import { decodeSections } from './section.file';
import type { TrainingRequest } from './training.request';

/** Drawn anew; those of the initial checkpoint; or, where that is an encoder's, its own and the others drawn anew. */
export function startingParameters({ model, training, initialCheckpoint }: TrainingRequest): Float32Array {
  const fresh = () => initialiseParameters(parameterLayout(model), training.seed);
  if (!initialCheckpoint) return fresh();
  const file = decodeSections(initialCheckpoint);
  const encoder = encoderOf(file);
  return encoder ? startFromEncoder(model, fresh(), encoder) : parametersFor(model, checkpointOf(file));
}
