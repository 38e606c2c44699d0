import { createHash } from 'node:crypto';
import type { FittedPreprocessing } from '@perennial/preprocessing-steps';
import type { Rule } from './config.rules';
import type { ModelFeatures } from './features';
import { kindOf, type ModelConfig, type ModelSizes } from './model.kinds';

export class ModelConfigError extends Error {
  readonly code = 'model.invalid-config';
  readonly retryable = false;

  constructor(
    message: string,
    readonly details: Record<string, unknown>,
  ) {
    super(message);
    this.name = 'ModelConfigError';
  }
}

/** The model for the features that preprocessing produces. Throws ModelConfigError. */
export function modelConfig<S extends ModelSizes>(fitted: FittedPreprocessing, sizes: S): S & ModelFeatures {
  const config = { ...sizes, ...modelFeatures(fitted) };
  checkConfig(config as ModelConfig);
  return config;
}

/** The features that preprocessing produces. */
export function modelFeatures(fitted: FittedPreprocessing): ModelFeatures {
  return {
    categorical: fitted.categorical.map(({ feature, vocabulary }) => ({
      feature,
      cardinality: vocabulary.length + 1,
      vocabularyDigest: vocabularyDigest(vocabulary),
    })),
    numeric: fitted.numeric.map(({ feature }) => feature),
  };
}

export function vocabularyDigest(vocabulary: readonly string[]): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(vocabulary)).digest('hex')}`;
}

/** Throws ModelConfigError naming the field, its value and the rule. */
export function checkConfig(config: ModelConfig): void {
  const rules = kindOf(config).rules as Record<string, readonly Rule<ModelConfig>[]>;
  for (const [field, ofField] of Object.entries(rules)) {
    const value = (config as unknown as Record<string, unknown>)[field];
    for (const rule of ofField) {
      const broken = rule(config, value);
      if (broken) fail(field, value, broken);
    }
  }
  if (config.categorical.length + config.numeric.length === 0) {
    fail('features', 0, 'there must be at least one feature');
  }
  for (const { feature, cardinality } of config.categorical) {
    if (!Number.isInteger(cardinality) || cardinality < 1) {
      fail(`categorical.${feature}.cardinality`, cardinality, 'must be a positive integer');
    }
  }
}

function fail(field: string, value: unknown, rule: string): never {
  throw new ModelConfigError(`model.${field} is ${JSON.stringify(value)}: ${rule}`, { field, value, rule });
}
