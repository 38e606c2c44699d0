import { type LightGbmConfig, lightGbmConfig, type LightGbmParameters } from '@perennial/lightgbm';
import type { FittedPreprocessing } from '@perennial/preprocessing-steps';
import { type ModelConfig, modelConfig, type ModelSizes } from '@perennial/tabular-models';

/** A model of any kind, for certain features. */
export type EstimatorConfig = ModelConfig | LightGbmConfig;

/** What is declared of a model before its features are known. */
export type EstimatorDeclaration = ModelSizes | ({ readonly kind: 'lightgbm' } & Partial<LightGbmParameters>);

/** The model for the features that preprocessing produces. Throws ModelConfigError. */
export function estimatorConfig(fitted: FittedPreprocessing, declared: EstimatorDeclaration): EstimatorConfig {
  if (declared.kind !== 'lightgbm') return modelConfig(fitted, declared) as ModelConfig;
  return lightGbmConfig(fitted, declared);
}
