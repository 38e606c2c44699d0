import { decodeLightGbmCheckpoint, isLightGbmCheckpoint, lightGbmProbability } from '@perennial/lightgbm';
import { modelProbability, type ProbabilityGraph } from '@perennial/tabular-models';
import { decodeCheckpoint } from '@perennial/training';
import type { EstimatorConfig } from './estimator.config';

/** A trained model as its checkpoint tells it. */
export interface RestoredEstimator {
  readonly model: EstimatorConfig;
  readonly probability: ProbabilityGraph;
}

/** Throws TrainingError `training.invalid-checkpoint`. */
export function checkpointKind(checkpoint: Uint8Array): EstimatorConfig['kind'] {
  if (isLightGbmCheckpoint(checkpoint)) return 'lightgbm';
  return decodeCheckpoint(checkpoint).model.kind;
}

/** Throws TrainingError `training.invalid-checkpoint`, ModelConfigError where it contradicts itself. */
export function restoreEstimator(checkpoint: Uint8Array): RestoredEstimator {
  if (isLightGbmCheckpoint(checkpoint)) {
    const { model, modelText } = decodeLightGbmCheckpoint(checkpoint);
    return { model, probability: lightGbmProbability(model, modelText) };
  }
  const { model, parameters } = decodeCheckpoint(checkpoint);
  return { model, probability: modelProbability(model, parameters) };
}
