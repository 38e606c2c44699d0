import { randomStream, type TabTransformerConfig, uniform } from '@perennial/tabular-models';
import type { EncodedRows, TrainingRequest } from '../training.request';

export const smallModel: TabTransformerConfig = {
  kind: 'tab-transformer',
  dModel: 8,
  heads: 2,
  layers: 1,
  feedForward: 16,
  dropout: 0.1,
  categorical: [
    { feature: 'colour', cardinality: 4, vocabularyDigest: 'sha256:colour' },
    { feature: 'shape', cardinality: 3, vocabularyDigest: 'sha256:shape' },
  ],
  numeric: ['x', 'y', 'z'],
};

/** Rows whose label follows from the order of x, y and z, in a way that colour decides; learnable almost perfectly. */
export function separableRows(rows: number, seed: number, model = smallModel): EncodedRows {
  const random = randomStream(seed, 'shuffle');
  const cardinalities = model.categorical.map(({ cardinality }) => cardinality);
  const codes: number[] = [];
  const numbers: number[] = [];
  const labels: number[] = [];
  for (let row = 0; row < rows; row++) {
    const code = cardinalities.map((cardinality) => Math.floor(((uniform(random, 1) + 1) / 2) * cardinality));
    const values = model.numeric.map(() => uniform(random, 2));
    // A sign only: layer normalisation takes the magnitudes of the numbers away.
    const dark = (code[0] ?? 0) >= 2;
    const [x = dark ? 0 : -1, y = 0, z = 1] = values;
    const score = dark ? z - y : x - y;
    codes.push(...code);
    numbers.push(...values);
    labels.push(score > 0 ? 1 : 0);
  }
  return {
    rows,
    categorical: Int32Array.from(codes),
    numeric: Float32Array.from(numbers),
    labels: Int32Array.from(labels),
  };
}

/** A training of a second or less. 403 rows: the last batch is partial. */
export function smallRequest(change: Partial<TrainingRequest> = {}, seed = 5): TrainingRequest {
  return {
    model: smallModel,
    training: {
      ...{ epochs: 4, batchSize: 16, learningRate: 3e-3, schedule: 'constant', warmup: 0 },
      ...{ optimizer: 'adam', momentum: 0, weightDecay: 0, clipNorm: null },
      ...{ classWeights: 'balanced', seed, earlyStopping: null },
    },
    train: separableRows(403, 1),
    validation: separableRows(150, 2),
    ...change,
  };
}
