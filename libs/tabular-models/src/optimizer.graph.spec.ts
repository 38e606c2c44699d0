import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { float32, Graph, serialiseModel } from '@perennial/onnx-graph';
import { loadModel } from '@perennial/onnx-graph/testing';
import { type OptimizerConfig, optimizerRates, optimizerSlots, optimizerStep, ratesOf } from './optimizer.graph';
import { adam, largestDifference, unit } from './testing/golden.model';

const { optimizers } = JSON.parse(readFileSync(join(__dirname, '../golden/golden.json'), 'utf8')) as {
  optimizers: Record<string, number[][]>;
};

it.each<[string, OptimizerConfig]>([
  ['sgd', { ...adam, optimizer: 'sgd' }],
  ['sgd with momentum', { ...adam, optimizer: 'sgd', momentum: 0.9 }],
  ['adam', adam],
  ['adam with clipping', { ...adam, clipNorm: 0.5 }],
  ['adamw', { ...adam, optimizer: 'adamw', weightDecay: 0.1 }],
])('%s follows its twin in torch.optim in float64 over five steps', async (name, config) => {
  const g = new Graph('optimizer');
  const vector = (input: string) => g.input(input, 'float32', [8]);
  const slots = optimizerSlots(config);
  const state = { parameters: vector('parameters'), slots: slots.map(vector) };
  const rates = g.input('rates', 'float32', [ratesOf(config)]);
  const decays = Float32Array.from([1, 1, 1, 1, 0, 0, 0, 0]);
  const next = optimizerStep(g, config, state, { gradient: vector('gradient'), rates, decays });
  g.output('parameters_out', next.parameters);
  next.slots.forEach((slot, index) => g.output(`${slots[index]}_out`, slot));
  const run = await loadModel(serialiseModel(g));
  let at = new Map([
    ['parameters', float32(unit(8, 5).map((x) => x - 0.5))],
    ...slots.map((slot) => [slot, float32(Array<number>(8).fill(0))] as const),
  ]);
  for (const [t, expected] of optimizers[name]!.entries()) {
    const gradient = float32(unit(8, 6 + t).map((x) => (x - 0.5) * 10 ** (t - 2)));
    const out = await run({ ...Object.fromEntries(at), gradient, rates: float32(optimizerRates(config, 0.01, t + 1)) });
    at = new Map([...at.keys()].map((each) => [each, float32(out[`${each}_out`]!)]));
    expect(largestDifference(out['parameters_out']!, expected)).toBeLessThan(1e-6);
  }
});
