import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConstantTensor, float32, serialiseModel } from '@perennial/onnx-graph';
import { loadModel, runGraph } from '@perennial/onnx-graph/testing';
import { parameterLayout } from './parameter.layout';
import type { ModelConfig } from './model.kinds';
import { optimizerRates } from './optimizer.graph';
import {
  buildContrastGradientGraph,
  buildContrastGraph,
  buildPretrainingGraph,
  encoderLayout,
  pretrainingLayout,
} from './pretraining.graph';
import { adam, goldenFeeds, goldenParameters, largestDifference } from './testing/golden.model';

// Loading a model takes long while the machine is busy.
jest.setTimeout(60_000);

type Golden = { loss: number; projections: number[]; gradients: Record<string, number[]> };
const { terms, kinds } = JSON.parse(readFileSync(join(__dirname, '../golden/pretraining.json'), 'utf8')) as {
  terms: { batch: number; projection: number; temperature: number };
  kinds: Record<string, Record<'whole' | 'padded', Golden>>;
};
const { batch } = terms;

const features = {
  categorical: [3, 4, 5].map((cardinality, i) => ({ feature: `c${i}`, cardinality, vocabularyDigest: '' })),
  numeric: ['n0', 'n1', 'n2'],
};
const configs: ModelConfig[] = [
  { kind: 'tab-transformer', dModel: 8, heads: 2, layers: 2, feedForward: 16, dropout: 0.3, ...features },
  {
    ...{ kind: 'ft-transformer', dModel: 8, heads: 2, layers: 2, feedForward: 6, ...features },
    ...{ attentionDropout: 0.2, feedForwardDropout: 0.1, residualDropout: 0 },
  },
  { kind: 'mlp', embedding: 4, hidden: [7, 6], dropout: 0.1, ...features },
];

/** `rows` real rows, the others padding. */
function feedsOf(config: ModelConfig, rows: number): Record<string, ConstantTensor> {
  const { categorical, numeric } = goldenFeeds(config, 2 * batch);
  const weights = Array.from({ length: 2 * batch }, (_, view) => (view % batch < rows ? 1 / (2 * rows) : 0));
  const parameters = float32(goldenParameters(config, pretrainingLayout(config, terms)));
  return { parameters, categorical: categorical!, numeric: numeric!, weights: float32(weights) };
}

describe.each(configs)('contrastive pretraining of $kind', (config) => {
  it.each([
    ['whole', batch],
    ['padded', batch - 1],
  ] as const)('has the loss, the projections and every gradient of PyTorch on a %s batch', async (which, rows) => {
    const { loss, projections, gradients } = kinds[config.kind]![which];
    const result = await runGraph(buildContrastGradientGraph(config, terms, batch), feedsOf(config, rows));
    expect(result['loss']![0]).toBeCloseTo(loss, 6);
    expect(largestDifference(result['projections']!, projections)).toBeLessThan(2e-6);
    const { parameters } = pretrainingLayout(config, terms);
    expect(parameters.map(({ name }) => name)).toEqual(Object.keys(gradients));
    for (const { name, offset, size } of parameters) {
      expect(largestDifference(result['gradient']!.slice(offset, offset + size), gradients[name]!)).toBeLessThan(3e-6);
    }
  });

  it('learns what the model begins with, under the same names, and nothing of its head', () => {
    const encoder = encoderLayout(config).parameters;
    expect(pretrainingLayout(config, terms).parameters.slice(0, encoder.length)).toEqual(encoder);
    const whole = parameterLayout(config).parameters;
    expect(whole.slice(0, encoder.length)).toEqual(encoder);
    expect(whole.slice(encoder.length).every(({ name }) => /^(head|output)\b/.test(name))).toBe(true);
  });
});

it('has a loss of 0 for a single row, which has nothing to be told from', async () => {
  const config = configs[2]!;
  const { loss, gradient } = await runGraph(buildContrastGradientGraph(config, terms, batch), feedsOf(config, 1));
  expect(loss![0]).toBeCloseTo(0, 6);
  expect(Math.max(...gradient!.map(Math.abs))).toBeLessThan(1e-6);
});

it('lowers the loss step by step, as the graph for validation measures it', async () => {
  const config = configs[2]!;
  const steps = 20;
  const { parameters, ...one } = feedsOf(config, batch);
  const repeated = Object.entries(one).map(([name, { type, shape, data }]) => {
    const all = new (data.constructor as typeof Float32Array)(steps * data.length);
    for (let step = 0; step < steps; step++) all.set(data as Float32Array, step * data.length);
    return [name, { type, shape: [steps, ...shape], data: all }] as const;
  });
  const rates = Array.from({ length: steps }, (_, step) => optimizerRates(adam, 0.01, step + 1)).flat();
  const slot = float32(new Float32Array(parameters!.data.length));
  const { losses, parameters_out: after } = await runGraph(buildPretrainingGraph(config, terms, adam, batch), {
    ...{ parameters: parameters!, m: slot, v: slot, rates: float32(rates, [steps, 2]) },
    ...Object.fromEntries(repeated),
  });
  const measure = await loadModel(serialiseModel(buildContrastGraph(config, terms, batch)));
  const lossOf = async (flat: ConstantTensor) => (await measure({ parameters: flat, ...one }))['loss']![0]!;
  expect(await lossOf(parameters!)).toBeCloseTo(losses![0]!, 6);
  expect(await lossOf(float32(after!))).toBeLessThan(losses![0]! * 0.8);
});

it('refuses a kind without an encoder', () => {
  const config: ModelConfig = { kind: 'logistic-regression', ...features };
  expect(() => encoderLayout(config)).toThrow(
    'model.kind is "logistic-regression": has no encoder that could be pretrained',
  );
});
