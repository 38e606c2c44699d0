import * as op from '@perennial/onnx-graph';
import type { ModelFeatures } from './features';
import type { Initialisation, ModelBuild } from './model.build';

const constant = (value: number): Initialisation => ({ kind: 'constant', value });
const uniform = (bound: number): Initialisation => ({ kind: 'uniform', bound });
const lastOf = (x: op.Value): number => x.shape[x.shape.length - 1] as number;

/** x [rows, inputs] → [rows, outputs]; drawn as torch.nn.Linear, weight and bias from U(±1/√inputs). */
export function linear(build: ModelBuild, x: op.Value, name: string, outputs: number): op.Value {
  const inputs = lastOf(x);
  const initialisation = uniform(1 / Math.sqrt(inputs));
  const weight = build.parameter(`${name}.weight`, [outputs, inputs], { initialisation, decays: true });
  const bias = build.parameter(`${name}.bias`, [outputs], { initialisation });
  return op.gemm(build.graph, x, weight, bias, { transB: true });
}

/** Normalises each row; a single feature is only scaled and shifted, because its normal form would always be 0. */
export function layerNorm(build: ModelBuild, x: op.Value, name: string): op.Value {
  const { graph: g } = build;
  const width = lastOf(x);
  const weight = build.parameter(`${name}.weight`, [width], { initialisation: constant(1) });
  const bias = build.parameter(`${name}.bias`, [width], { initialisation: constant(0) });
  if (width === 1) return op.add(g, op.mul(g, x, weight), bias);
  return op.layerNormalization(g, x, weight, bias).output;
}

/** Codes [batch, features] → [batch, features, width]: one table for all features, a feature's codes in a row. */
export function embedding(
  build: ModelBuild,
  codes: op.Value,
  features: ModelFeatures,
  table: EmbeddingTable,
): op.Value {
  return gatherCodes(build, codes, features, table, 1);
}

export interface EmbeddingTable {
  readonly name: string;
  readonly width: number;
  readonly initialisation: Initialisation;
}

/** `axis`: that of the features. */
function gatherCodes(
  build: ModelBuild,
  codes: op.Value,
  { categorical }: ModelFeatures,
  { name, width, initialisation }: EmbeddingTable,
  axis: 0 | 1,
): op.Value {
  const { graph: g } = build;
  let total = 0;
  const offsets = categorical.map(({ cardinality }) => (total += cardinality) - cardinality);
  const shape = axis === 0 ? [offsets.length, 1] : [1, offsets.length];
  const rows = op.add(g, op.cast(g, codes, 'int64'), g.constant(op.int64(offsets, shape), 'offsets'));
  return op.gather(g, build.parameter(`${name}.weight`, [total, width], { initialisation }), rows);
}

export interface AttentionShape {
  readonly heads: number;
  readonly tokens: number;
  readonly dropout: number;
}

/** Codes [batch, features] → [features, batch, width]: all rows' first features, then all rows' second ones … */
export function tokenEmbedding(
  build: ModelBuild,
  codes: op.Value,
  features: ModelFeatures,
  table: EmbeddingTable,
): op.Value {
  return gatherCodes(build, op.transpose(build.graph, codes, [1, 0]), features, table, 0);
}

/**
 * Multi-head scaled dot-product self-attention over the tokens of each row (Vaswani et al., arXiv 1706.03762).
 * x [tokens·batch, width], one row per token, all first tokens first: so each head of each row is a matrix whose rows lie
 * at equal distances, which matrix products read as it is. Drawn as torch.nn.MultiheadAttention.
 */
export function selfAttention(
  build: ModelBuild,
  x: op.Value,
  name: string,
  { heads, tokens, dropout }: AttentionShape,
): op.Value {
  const { graph: g, batch } = build;
  const model = lastOf(x);
  const width = model / heads;
  const xavier = uniform(Math.sqrt(6 / (model + 3 * model)));
  const parameters = (part: string, outputs: number, initialisation: Initialisation) =>
    [
      build.parameter(`${name}.${part}.weight`, [outputs, model], { initialisation, decays: true }),
      build.parameter(`${name}.${part}.bias`, [outputs], { initialisation: constant(0) }),
    ] as const;
  const [weights, biases] = parameters('in', 3 * model, xavier).map((all) =>
    op.split(g, all, [model, model, model], 0),
  );
  const [q, k, v] = [0, 1, 2].map((part) => {
    const projected = op.gemm(g, x, weights?.[part] as op.Value, biases?.[part], { transB: true });
    return op.reshape(g, projected, [tokens, op.multiplyDim(batch, heads), width]);
  }) as [op.Value, op.Value, op.Value];
  const products = op.matMul(g, op.transpose(g, q, [1, 0, 2]), op.transpose(g, k, [1, 2, 0]));
  const attention = op.softmax(g, op.mul(g, products, op.scalar(g, 1 / Math.sqrt(width), products)));
  // (A·V)ᵀ = Vᵀ·Aᵀ: the runtime turns matrices whose last axis becomes the first twice as fast as it swaps the first two.
  const shares = op.transposeLast(g, build.dropout(attention, name, dropout));
  const mixed = op.matMul(g, op.transpose(g, v, [1, 2, 0]), shares);
  const joined = op.reshape(g, op.transpose(g, mixed, [2, 0, 1]), [op.multiplyDim(batch, tokens), model]);
  const [weight, bias] = parameters('out', model, uniform(1 / Math.sqrt(model)));
  return op.gemm(g, joined, weight, bias, { transB: true });
}
