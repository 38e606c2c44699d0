import {
  type ArtifactFrame,
  checkFeatures,
  frameArtifact,
  ModelConfigError,
  type ProbabilityGraph,
} from '@perennial/tabular-models';
import { parseBooster } from './booster.model';
import { checkLightGbmConfig, type LightGbmConfig } from './lightgbm.config';
import { ensembleProbability } from './tree-ensemble.graph';

export interface LightGbmArtifactRequest extends ArtifactFrame {
  readonly modelConfig: LightGbmConfig;
  /** As training gives it. */
  readonly modelText: string;
}

/**
 * The served model, of the same shape as every other kind's: one ONNX file from raw columns to `probability` [batch, 1].
 * Throws ModelConfigError when the trees were not grown for these features, TrainingError when the text cannot be read.
 */
export function buildLightGbmArtifact({ modelConfig, modelText, ...frame }: LightGbmArtifactRequest): Uint8Array {
  checkFeatures(frame.fitted, modelConfig);
  return frameArtifact(frame, lightGbmProbability(modelConfig, modelText));
}

/** The nodes of the trees. Throws as buildLightGbmArtifact does. */
export function lightGbmProbability(modelConfig: LightGbmConfig, modelText: string): ProbabilityGraph {
  const { categorical, numeric } = checkLightGbmConfig(modelConfig);
  const model = parseBooster(modelText);
  if (model.features !== categorical.length + numeric.length) {
    throw new ModelConfigError(
      `the trees have ${model.features} features, the model ${categorical.length + numeric.length}`,
      { expected: categorical.length + numeric.length, actual: model.features },
    );
  }
  const cardinalities = categorical.map(({ cardinality }) => cardinality);
  return (g, encoded) => ensembleProbability(g, model, encoded, cardinalities);
}
