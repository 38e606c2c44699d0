import { type LightGbmConfig, lightGbmConfig } from '@perennial/lightgbm';
import type { FittedPreprocessing } from '@perennial/preprocessing-steps';
import { type ModelConfig, modelConfig, parameterLayout, randomStream, uniform } from '@perennial/tabular-models';
import { encodeCheckpoint } from '@perennial/training';

/** One category, two numbers. */
export const shapes: FittedPreprocessing = {
  version: 1,
  dataset: 'shapes',
  recordId: 'id',
  target: { column: 'label', positive: 1 },
  inputs: [
    { column: 'colour', type: 'string', storage: 'string' },
    { column: 'x', type: 'number', storage: 'float64' },
    { column: 'y', type: 'number', storage: 'float64' },
  ],
  dropped: [],
  categorical: [{ column: 'colour', feature: 'colour', vocabulary: ['red', 'green'] }],
  numeric: ['x', 'y'].map((column) => ({ column, feature: column, impute: 0, mean: 0, std: 1 })),
  statistics: {},
};

/** Three leaves: 0.4 where the colour is red, else −0.2 up to x = 0.5, and 0.9 above. */
export const treeText = `tree
version=v4
num_class=1
num_tree_per_iteration=1
max_feature_idx=2
objective=binary sigmoid:1
tree_sizes=100

Tree=0
num_leaves=3
num_cat=1
split_feature=0 1
threshold=0 0.5
decision_type=1 2
left_child=-1 -2
right_child=1 -3
leaf_value=0.4 -0.2 0.9
cat_boundaries=0 1
cat_threshold=2
is_linear=0
shrinkage=1

end of trees
`;

export const trees: LightGbmConfig = lightGbmConfig(shapes);
export const treeCheckpoint = new TextEncoder().encode(
  JSON.stringify({ format: 'perennial.lightgbm/1', model: trees, modelText: treeText }),
);
/** What the tree says of a row. */
export const treeProbability = (colour: string, x: number): number =>
  1 / (1 + Math.exp(-(colour === 'red' ? 0.4 : x <= 0.5 ? -0.2 : 0.9)));

export const regression = modelConfig(shapes, { kind: 'logistic-regression' }) as ModelConfig;

/** A checkpoint of random parameters. */
export function networkCheckpoint(model: ModelConfig, seed: number): Uint8Array {
  const random = randomStream(seed, 'initialisation');
  const parameters = Float32Array.from({ length: parameterLayout(model).size }, () => uniform(random, 1));
  const training = {
    ...{ epochs: 1, batchSize: 16, learningRate: 1e-3, schedule: 'constant' as const, warmup: 0 },
    ...{ optimizer: 'adam' as const, momentum: 0, weightDecay: 0, clipNorm: null },
    ...{ classWeights: 'none' as const, seed, earlyStopping: null },
  };
  return encodeCheckpoint({ model, training, parameters, optimizer: { slots: new Map(), step: 0 } });
}
