import type { FittedPreprocessing } from '@perennial/preprocessing-steps';
import {
  initialiseParameters,
  modelConfig,
  parameterLayout,
  type TabTransformerConfig,
} from '@perennial/tabular-models';
import { buildArtifact } from '@perennial/training';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Categories of each of the 9 categorical columns of the credit data, and the number of numeric ones. */
const CATEGORIES = [2, 7, 4, 11, 11, 11, 11, 11, 11];
const NUMERIC_COLUMNS = 14;
const MEAN = 50_000;
const STD = 20_000;

const categorical = CATEGORIES.map((count, index) => ({
  column: `category_${index}`,
  feature: `category_${index}`,
  vocabulary: Array.from({ length: count }, (_, code) => String(code - 2)),
}));
const numeric = Array.from({ length: NUMERIC_COLUMNS }, (_, index) => ({
  column: `amount_${index}`,
  feature: `amount_${index}`,
  impute: MEAN,
  mean: MEAN,
  std: STD,
}));

/** Preprocessing of a table of the documented shape: 9 categorical and 14 numeric columns. */
export const documentedPreprocessing: FittedPreprocessing = {
  version: 1,
  dataset: 'bench',
  recordId: 'id',
  target: { column: 'label', positive: 1 },
  inputs: [
    ...categorical.map(({ column }) => ({ column, type: 'string' as const, storage: 'string' as const })),
    ...numeric.map(({ column }) => ({ column, type: 'number' as const, storage: 'float64' as const })),
  ],
  dropped: [],
  categorical,
  numeric,
  statistics: {},
};

/** The documented TabTransformer. */
export const documentedModel: TabTransformerConfig = modelConfig(documentedPreprocessing, {
  kind: 'tab-transformer',
  dModel: 32,
  heads: 4,
  layers: 6,
  feedForward: 64,
  dropout: 0.3,
});

/** What serves it, from raw columns to the probability, with parameters as they are before training. */
export const documentedArtifact = (): Uint8Array =>
  buildArtifact({
    fitted: documentedPreprocessing,
    modelConfig: documentedModel,
    parameters: initialiseParameters(parameterLayout(documentedModel), 5),
    decisionThreshold: 0.5,
    pipelineName: 'bench',
  });

/** Uniform in [0, 1), the same for the same seed. */
export function seededNumbers(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
}

/** Records as a producer sends them: texts of categories, numbers. */
export function syntheticRecords(rows: number, seed: number): Record<string, string | number>[] {
  const random = seededNumbers(seed);
  return Array.from({ length: rows }, () =>
    Object.fromEntries([
      ...categorical.map(({ column, vocabulary }) => {
        return [column, vocabulary[Math.floor(random() * vocabulary.length)] as string] as const;
      }),
      ...numeric.map(({ column }) => [column, Math.round(random() * 2 * MEAN)] as const),
    ]),
  );
}
