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

const nameOf = ({ feature }: CategoricalInput): string => feature;

/** Every way in which trained features mean something else than those of now: names, order, vocabularies. */
export function featureDifferences(then: ModelFeatures, now: ModelFeatures): string[] {
  return [
    ...differentNames('numeric features', then.numeric, now.numeric),
    ...differentNames('categorical features', then.categorical.map(nameOf), now.categorical.map(nameOf)),
    ...now.categorical.flatMap((input) => {
      const trained = then.categorical.find(({ feature }) => feature === input.feature);
      if (!trained) return [];
      const { vocabularyDigest, cardinality } = trained;
      if (vocabularyDigest === input.vocabularyDigest && cardinality === input.cardinality) return [];
      const sizes = `${cardinality} codes in the checkpoint, ${input.cardinality} now`;
      return [`the vocabulary of ${input.feature} differs (${sizes})`];
    }),
  ];
}

function differentNames(what: string, then: readonly string[], now: readonly string[]): string[] {
  if (JSON.stringify(then) === JSON.stringify(now)) return [];
  return [`${what} are [${then.join(', ')}] in the checkpoint, [${now.join(', ')}] now`];
}
