import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConstantTensor, float32, serialiseModel } from '@perennial/onnx-graph';
import { loadModel, runGraph } from '@perennial/onnx-graph/testing';
import { optimizerRates } from './optimizer.graph';
import { writeWeightedTargets } from './class.weights';
import { dropoutSites, maskBytes } from './dropout.sites';
import { parameterLayout } from './parameter.layout';
import type { TabTransformerConfig } from './kinds/tab-transformer';
import {
  adam,
  type GoldenConfig,
  goldenFeeds,
  goldenParameters,
  largestDifference,
  goldenConfig,
} from './testing/golden.model';
import { buildGradientGraph, buildTrainingGraph } from './training.graph';

interface Summary {
  loss: number;
  logits: number[];
  gradients: Record<string, { norm: number; picked: number[] }>;
}
const directory = join(__dirname, '../golden');
const golden = JSON.parse(readFileSync(join(directory, 'golden.json'), 'utf8')) as {
  reduced: { config: GoldenConfig; loss: number; logits: number[] };
  full: { config: GoldenConfig; plain: Summary; dropout: Summary };
};

describe('gradients against PyTorch', () => {
  it('matches every element on a reduced model with dropout', async () => {
    const { config: sizes, loss, logits } = golden.reduced;
    const config = goldenConfig(sizes, true);
    const result = await runGraph(buildGradientGraph(config, sizes.batch), goldenFeeds(config, sizes.batch));
    const bytes = readFileSync(join(directory, 'reduced-gradient.f32'));
    const expected = new Float32Array(new Uint8Array(bytes).buffer);
    expect(result['loss']![0]).toBeCloseTo(loss, 6);
    expect(largestDifference(result['logits']!, logits)).toBeLessThan(1e-6);
    expect(largestDifference(result['gradient']!, expected)).toBeLessThan(1e-6);
  });

  it.each(['plain', 'dropout'] as const)('matches the full model (%s)', async (kind) => {
    const { config: sizes } = golden.full;
    const config = goldenConfig(sizes, kind === 'dropout');
    const result = await runGraph(buildGradientGraph(config, sizes.batch), goldenFeeds(config, sizes.batch));
    const expected = golden.full[kind];
    expect(result['loss']![0]).toBeCloseTo(expected.loss, 5);
    // float32 here against float64 there, through six layers.
    expect(largestDifference(result['logits']!.slice(0, 16), expected.logits)).toBeLessThan(5e-6);
    for (const { name, offset, size } of parameterLayout(config).parameters) {
      const gradient = result['gradient']!.slice(offset, offset + size);
      const { norm, picked } = expected.gradients[name]!;
      const tolerance = 2e-6 * Math.max(1, norm);
      expect(Math.abs(Math.hypot(...gradient) - norm)).toBeLessThan(tolerance);
      expect(
        largestDifference(
          picked.map((_, i) => gradient[(i * 7919) % size]!),
          picked,
        ),
      ).toBeLessThan(tolerance);
    }
  });
});

const small = (change: Partial<TabTransformerConfig> = {}): TabTransformerConfig => ({
  ...goldenConfig({ ...golden.reduced.config, p: 0.25 }, true),
  ...change,
});

/** `steps` copies of one step's feeds, as sequences, and zero optimiser state. */
function sequences(config: TabTransformerConfig, batch: number, steps: number): Record<string, ConstantTensor> {
  const { parameters, ...rest } = goldenFeeds(config, batch);
  const size = parameterLayout(config).size;
  const repeated = Object.entries(rest).map(([name, { type, shape, data }]) => {
    const all = Array.from({ length: steps }, () => Array.from(data as Float32Array)).flat();
    const typed =
      type === 'float32' ? Float32Array.from(all) : type === 'int32' ? Int32Array.from(all) : Uint8Array.from(all);
    return [name, { type, shape: [steps, ...shape], data: typed }] as const;
  });
  const rates = Array.from({ length: steps }, (_, step) => optimizerRates(adam, 0.01, step + 1)).flat();
  return {
    parameters: parameters!,
    m: float32(new Float32Array(size)),
    v: float32(new Float32Array(size)),
    ...Object.fromEntries(repeated),
    rates: float32(rates, [steps, 2]),
  };
}

describe('the Scan over steps', () => {
  it('gives the same bits whether steps run in one call or one by one', async () => {
    const config = small();
    const run = await loadModel(serialiseModel(buildTrainingGraph(config, adam, 5)));
    const together = await run(sequences(config, 5, 3));
    let state = sequences(config, 5, 1);
    for (let step = 1; step <= 3; step++) {
      const after = await run({ ...state, rates: float32(optimizerRates(adam, 0.01, step), [1, 2]) });
      const next = (name: string) => float32(after[`${name}_out`]!);
      state = { ...state, parameters: next('parameters'), m: next('m'), v: next('v') };
    }
    expect(Array.from(state['parameters']!.data as Float32Array)).toEqual(together['parameters_out']);
    expect(Array.from(state['v']!.data as Float32Array)).toEqual(together['v_out']);
  });

  it.each([
    ['no categorical features', { categorical: [] }],
    ['no numeric features', { numeric: [] }],
    ['one numeric feature', { numeric: ['n0'] }],
    ['one categorical feature', { categorical: [{ feature: 'c0', cardinality: 3, vocabularyDigest: '' }] }],
    ['no dropout', { dropout: 0 }],
  ])('lowers the loss with %s', async (_, change) => {
    const config = small(change);
    const feeds = sequences(config, 5, 30);
    const { losses } = await runGraph(buildTrainingGraph(config, adam, 5), feeds);
    expect(losses!.at(-1)).toBeLessThan(losses![0]! * 0.8);
  });
});

it('leaves padding rows without any influence', async () => {
  const config = small({ dropout: 0 });
  const labels = [1, 0, 0];
  const feedsFor = (batch: number, fill: number) => {
    const feeds = goldenFeeds(config, batch);
    const targets = new Float32Array(batch * 2);
    writeWeightedTargets(targets, labels, [0.7, 2.1]);
    const numeric = goldenFeeds(config, 5)['numeric']!.data.slice(0, batch * 3) as Float32Array;
    const categorical = goldenFeeds(config, 5)['categorical']!.data.slice(0, batch * 3) as Int32Array;
    for (let row = labels.length; row < batch; row++) numeric.fill(fill, row * 3, row * 3 + 3);
    return {
      ...feeds,
      targets: float32(targets, [batch, 2]),
      numeric: float32(numeric, [batch, 3]),
      categorical: { type: 'int32' as const, shape: [batch, 3], data: categorical },
    };
  };
  const exact = await runGraph(buildGradientGraph(config, 3), feedsFor(3, 0));
  const padded = await runGraph(buildGradientGraph(config, 5), feedsFor(5, 9));
  expect(padded['loss']![0]).toBeCloseTo(exact['loss']![0]!, 6);
  expect(largestDifference(padded['gradient']!, exact['gradient']!)).toBeLessThan(1e-6);
});

it('declares as many mask bytes as its sites need', () => {
  const config = goldenConfig(golden.full.config, true);
  expect(maskBytes(dropoutSites(config, 32))).toBe(6 * (32 * 4 * 81 + 2 * 32 * 9 * 32 + 32 * 9 * 64) + 32 * (128 + 64));
  expect(goldenParameters(config).length).toBe(parameterLayout(config).size);
});
