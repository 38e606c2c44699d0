import { createHash } from 'node:crypto';
import type { FittedPreprocessing } from '@perennial/preprocessing-steps';

export interface CategoricalInput {
  readonly feature: string;
  /** Number of codes, 0 (unknown) included. */
  readonly cardinality: number;
  /** Identifies the vocabulary, so that weights are never applied to codes that mean something else. */
  readonly vocabularyDigest: string;
}

/** Sizes of the documented TabTransformer (Huang et al., arXiv 2012.06678). */
export interface TabTransformerSizes {
  readonly dModel: number;
  readonly heads: number;
  readonly layers: number;
  readonly feedForward: number;
  readonly dropout: number;
}

/** Encoded features, in the order of the matrices of encoded rows. */
export interface ModelFeatures {
  readonly categorical: readonly CategoricalInput[];
  readonly numeric: readonly string[];
}

export interface TabTransformerConfig extends TabTransformerSizes, ModelFeatures {
  readonly kind: 'tab-transformer';
}

/** Widths of the head's two hidden layers, and its outputs: one logit per class. */
export const HEAD_WIDTHS = [128, 64] as const;
export const CLASSES = 2;

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
export function tabTransformerConfig(fitted: FittedPreprocessing, sizes: TabTransformerSizes): TabTransformerConfig {
  const { dModel, heads, layers, feedForward, dropout } = sizes;
  return checkConfig({
    kind: 'tab-transformer',
    dModel,
    heads,
    layers,
    feedForward,
    dropout,
    ...modelFeatures(fitted),
  });
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

/** Returns the config unchanged, or throws ModelConfigError naming the field and the rule. */
export function checkConfig(config: TabTransformerConfig): TabTransformerConfig {
  const fail = (field: string, value: unknown, rule: string): never => {
    throw new ModelConfigError(`model.${field} is ${JSON.stringify(value)}: ${rule}`, { field, value, rule });
  };
  for (const field of ['dModel', 'heads', 'layers', 'feedForward'] as const) {
    if (!Number.isInteger(config[field]) || config[field] < 1) fail(field, config[field], 'must be a positive integer');
  }
  if (config.dModel % config.heads !== 0) fail('heads', config.heads, `must divide dModel (${config.dModel})`);
  if (!(config.dropout >= 0 && config.dropout < 1)) fail('dropout', config.dropout, 'must be at least 0 and below 1');
  if (config.categorical.length + config.numeric.length === 0)
    fail('features', 0, 'there must be at least one feature');
  for (const { feature, cardinality } of config.categorical) {
    if (!Number.isInteger(cardinality) || cardinality < 1) {
      fail(`categorical.${feature}.cardinality`, cardinality, 'must be a positive integer');
    }
  }
  return config;
}
