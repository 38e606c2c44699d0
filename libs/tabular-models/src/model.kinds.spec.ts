import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConstantTensor, float32 } from '@perennial/onnx-graph';
import { runGraph } from '@perennial/onnx-graph/testing';
import { optimizerRates } from './optimizer.graph';
import { checkConfig } from './model.config';
import type { ModelConfig } from './model.kinds';
import { parameterLayout } from './parameter.layout';
import { adam, goldenFeeds, largestDifference } from './testing/golden.model';
import { buildGradientGraph, buildTrainingGraph } from './training.graph';

interface Golden {
  config: { cards: number[]; n_num: number; batch: number; d: number; ff: number; embedding: number; hidden: number[] };
  loss: number;
  logits: number[];
  gradients: Record<string, number[]>;
}
const golden = JSON.parse(readFileSync(join(__dirname, '../golden/kinds.json'), 'utf8')) as Record<string, Golden>;

const features = {
  categorical: [3, 4, 5].map((cardinality, i) => ({ feature: `c${i}`, cardinality, vocabularyDigest: '' })),
  numeric: ['n0', 'n1', 'n2'],
};
const ftTransformer = {
  ...{ kind: 'ft-transformer' as const, dModel: 8, heads: 2, layers: 2, feedForward: 6 },
  ...{ attentionDropout: 0, feedForwardDropout: 0, residualDropout: 0, ...features },
};
const mlp = { kind: 'mlp' as const, embedding: 4, hidden: [7, 6], dropout: 0, ...features };
const logisticRegression = { kind: 'logistic-regression' as const, ...features };
const BATCH = 5;

describe.each<ModelConfig>([ftTransformer, mlp, logisticRegression])('$kind', (config) => {
  it('has the logits, the loss and every gradient of its PyTorch twin', async () => {
    const { loss, logits, gradients } = golden[config.kind]!;
    const result = await runGraph(buildGradientGraph(config, BATCH), goldenFeeds(config, BATCH));
    expect(result['loss']![0]).toBeCloseTo(loss, 6);
    expect(largestDifference(result['logits']!, logits)).toBeLessThan(2e-6);
    const { parameters } = parameterLayout(config);
    expect(parameters.map(({ name }) => name)).toEqual(Object.keys(gradients));
    for (const { name, offset, size } of parameters) {
      expect(largestDifference(result['gradient']!.slice(offset, offset + size), gradients[name]!)).toBeLessThan(2e-6);
    }
  });
});

/** One step's feeds, `steps` times over, with the optimiser at its beginning. */
function repeated(config: ModelConfig, steps: number): Record<string, ConstantTensor> {
  const { parameters, ...rest } = goldenFeeds(config, BATCH);
  const { size } = parameterLayout(config);
  const sequences = Object.entries(rest).map(([name, { type, shape, data }]) => {
    const one = data as Float32Array;
    const all = new (one.constructor as typeof Float32Array)(steps * one.length);
    for (let step = 0; step < steps; step++) all.set(one, step * one.length);
    return [name, { type, shape: [steps, ...shape], data: all }] as const;
  });
  const rates = Array.from({ length: steps }, (_, step) => optimizerRates(adam, 0.02, step + 1)).flat();
  const state = { parameters: parameters!, m: float32(new Float32Array(size)), v: float32(new Float32Array(size)) };
  return { ...state, ...Object.fromEntries(sequences), rates: float32(rates, [steps, 2]) };
}

it.each<[string, ModelConfig]>([
  ['ft-transformer with dropout', { ...ftTransformer, attentionDropout: 0.2, feedForwardDropout: 0.1 }],
  ['ft-transformer of numbers alone', { ...ftTransformer, categorical: [] }],
  ['ft-transformer of one category', { ...ftTransformer, categorical: features.categorical.slice(0, 1), numeric: [] }],
  ['mlp with dropout', { ...mlp, dropout: 0.2 }],
  ['mlp of categories alone', { ...mlp, numeric: [] }],
  ['logistic-regression', logisticRegression],
  ['logistic-regression of numbers alone', { ...logisticRegression, categorical: [] }],
])('%s learns', async (_, config) => {
  const { losses } = await runGraph(buildTrainingGraph(config, adam, BATCH), repeated(config, 40));
  expect(losses!.at(-1)).toBeLessThan(losses![0]! * 0.9);
});

it.each<[string, ModelConfig, string]>([
  ['heads', { ...ftTransformer, heads: 3 }, 'model.heads is 3: must divide dModel (8)'],
  ['feedForward', { ...ftTransformer, feedForward: 0 }, 'model.feedForward is 0: must be a positive integer'],
  ['residualDropout', { ...ftTransformer, residualDropout: 1 }, 'must be at least 0 and below 1'],
  ['hidden', { ...mlp, hidden: [] }, 'model.hidden is []: must be positive integers'],
  ['embedding', { ...mlp, embedding: 1.5 }, 'model.embedding is 1.5: must be a positive integer'],
  ['features', { ...logisticRegression, categorical: [], numeric: [] }, 'there must be at least one feature'],
])('refuses a wrong %s', (_, config, message) => {
  expect(() => checkConfig(config)).toThrow(message);
});
