import { type ConstantTensor, float32, sizeOf } from '@perennial/onnx-graph';
import { dropoutSites, maskBytes, maskInput } from '../dropout.sites';
import { parameterLayout } from '../parameter.layout';
import { resolveClassWeights, writeWeightedTargets } from '../class.weights';
import type { TabTransformerConfig } from '../kinds/tab-transformer';
import type { ModelConfig } from '../model.kinds';

/** The documented optimiser. */
export const adam = { optimizer: 'adam', momentum: 0, weightDecay: 0, clipNorm: null } as const;

/** The `config` objects of golden/golden.json. */
export interface GoldenConfig {
  d: number;
  heads: number;
  layers: number;
  ff: number;
  p: number;
  cards: number[];
  n_num: number;
  batch: number;
}

/** Numbers in [0, 1): the same integer hash as golden/generate.py. */
export function unit(count: number, seed: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    let x = (Math.imul(i, 2654435761) + seed * 40503 + 12345) >>> 0;
    x = Math.imul(x ^ (x >>> 15), 2246822519) >>> 0;
    x = Math.imul(x ^ (x >>> 13), 3266489917) >>> 0;
    return ((x ^ (x >>> 16)) >>> 0) / 4294967296;
  });
}

export function goldenConfig(golden: GoldenConfig, dropout: boolean): TabTransformerConfig {
  return {
    kind: 'tab-transformer',
    dModel: golden.d,
    heads: golden.heads,
    layers: golden.layers,
    feedForward: golden.ff,
    dropout: dropout ? golden.p : 0,
    categorical: golden.cards.map((cardinality, i) => ({ feature: `c${i}`, cardinality, vocabularyDigest: '' })),
    numeric: Array.from({ length: golden.n_num }, (_, i) => `n${i}`),
  };
}

export function goldenParameters(config: ModelConfig, layout = parameterLayout(config)): Float32Array {
  const flat = new Float32Array(layout.size);
  layout.parameters.forEach(({ name, offset, size }, index) => {
    const centre = name.includes('orm') && name.endsWith('weight') ? 1 : 0;
    unit(size, 1000 + index).forEach((value, i) => (flat[offset + i] = centre + (value - 0.5) * 0.5));
  });
  return flat;
}

/** One training batch: feeds of the gradient graph. */
export function goldenFeeds(config: ModelConfig, batch: number): Record<string, ConstantTensor> {
  const tokens = config.categorical.length;
  const codes = new Int32Array(batch * tokens);
  config.categorical.forEach(({ cardinality }, feature) =>
    unit(batch, 10 + feature).forEach(
      (value, row) => (codes[row * tokens + feature] = Math.floor(value * cardinality)),
    ),
  );
  const numeric = unit(batch * config.numeric.length, 50).map((value) => (value - 0.5) * 4);
  const labels = Array.from(unit(batch, 60), (value) => (value < 0.3 ? 1 : 0));
  const targets = new Float32Array(batch * 2);
  writeWeightedTargets(targets, labels, resolveClassWeights(labels, 'balanced'));
  return {
    parameters: float32(goldenParameters(config)),
    ...(tokens > 0 ? { categorical: { type: 'int32', shape: [batch, tokens], data: codes } } : {}),
    ...(config.numeric.length > 0 ? { numeric: float32(numeric, [batch, config.numeric.length]) } : {}),
    targets: float32(targets, [batch, 2]),
    ...goldenMasks(config, batch),
  };
}

/** The reference draws the sites' masks one after another. */
function goldenMasks(config: ModelConfig, batch: number): Record<string, ConstantTensor> {
  const sites = dropoutSites(config, batch);
  const numbers = unit(maskBytes(sites), 70);
  let start = 0;
  const masks = sites.map((site) => {
    const drawn = numbers.subarray(start, (start += sizeOf(site.shape)));
    const data = Uint8Array.from(drawn, (value) => (value >= site.probability ? 1 : 0));
    if (site.name.startsWith('encoder.') && site.shape.length === 2) tokensFirst(data, batch, site.shape);
    return [maskInput(site), { type: 'uint8', shape: site.shape, data }] as const;
  });
  return Object.fromEntries(masks);
}

/** The reference has a row's tokens one after another, the model all rows' first tokens, then all second ones. */
function tokensFirst(mask: Uint8Array, batch: number, [rows, width]: readonly number[]): void {
  const [tokens, from] = [rows! / batch, mask.slice()];
  for (let row = 0; row < rows!; row++) {
    const [token, of] = [Math.floor(row / batch), row % batch];
    mask.set(from.subarray((of * tokens + token) * width!, (of * tokens + token + 1) * width!), row * width!);
  }
}

export const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  a.length === b.length
    ? Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0)
    : Infinity;
