import { initialiseParameters } from './parameter.initialise';
import { parameterLayout } from './parameter.layout';
import { drawMaskSeeds, fillDropoutMask, permutation, randomStream } from './random.stream';
import { goldenConfig } from './testing/golden.model';

const cards = [2, 7, 4, 11, 11, 11, 11, 11, 11];
const config = goldenConfig({ d: 32, heads: 4, layers: 6, ff: 64, p: 0.3, cards, n_num: 14, batch: 32 }, true);
const layout = parameterLayout(config);
const flat = initialiseParameters(layout, 7);
const valuesOf = (name: string) => {
  const { offset, size } = layout.parameters.find((parameter) => parameter.name === name)!;
  return Array.from(flat.subarray(offset, offset + size));
};
const deviation = (values: number[]) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);

it('has the parameter count of the documented model with two outputs', () => {
  // 100,925 with one output: the second adds 64 weights and a bias.
  expect(layout.size).toBe(100_925 + 65);
});

it('draws embeddings from N(0, 1)', () => {
  expect(deviation(valuesOf('embeddings.weight'))).toBeCloseTo(1, 1);
});

it.each([
  ['encoder.3.attention.in.weight', Math.sqrt(6 / 128)],
  ['encoder.3.feedForward.1.weight', 1 / 8],
  ['head.0.weight', 1 / Math.sqrt(9 * 32 + 14)],
])('draws %s uniformly within ±%d', (name, bound) => {
  const values = valuesOf(name);
  expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(Math.fround(bound));
  expect(deviation(values) / (bound / Math.sqrt(3))).toBeCloseTo(1, 1);
});

it('starts attention biases at 0 and layer norms at 1 and 0', () => {
  expect(new Set(valuesOf('encoder.0.attention.out.bias'))).toEqual(new Set([0]));
  expect(new Set(valuesOf('encoder.0.norm2.weight'))).toEqual(new Set([1]));
});

it('depends on the seed alone', () => {
  expect(initialiseParameters(layout, 7)).toEqual(flat);
  expect(initialiseParameters(layout, 8)).not.toEqual(flat);
});

it('drops the asked share', () => {
  const mask = new Uint8Array(200_001);
  fillDropoutMask(mask, 0.3, drawMaskSeeds(randomStream(1, 'dropout'), 1));
  expect(mask.reduce((sum, bit) => sum + bit, 0) / mask.length).toBeCloseTo(0.7, 2);
});

it('shuffles every index once', () => {
  const order = permutation(randomStream(1, 'shuffle'), 1000);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  expect([...order].slice(0, 5)).not.toEqual([0, 1, 2, 3, 4]);
});
