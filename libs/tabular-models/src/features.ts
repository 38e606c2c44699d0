import type { Value } from '@perennial/onnx-graph';

export interface CategoricalInput {
  readonly feature: string;
  /** Number of codes, 0 (unknown) included. */
  readonly cardinality: number;
  /** Identifies the vocabulary, so that weights are never applied to codes that mean something else. */
  readonly vocabularyDigest: string;
}

/** What every kind of model reads: the features that preprocessing makes, in its order. */
export interface ModelFeatures {
  readonly categorical: readonly CategoricalInput[];
  readonly numeric: readonly string[];
}

export interface EncodedInputs {
  /** int32 or int64 [batch, features]; code 0 is unknown. Absent without categorical features. */
  readonly categorical?: Value;
  /** float32 [batch, features], scaled. Absent without numeric features. */
  readonly numeric?: Value;
}
