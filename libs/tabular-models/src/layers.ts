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
  { categorical }: ModelFeatures,
  { name, width, initialisation }: { name: string; width: number; initialisation: Initialisation },
): op.Value {
  const { graph: g } = build;
  let total = 0;
  const offsets = categorical.map(({ cardinality }) => (total += cardinality) - cardinality);
  const rows = op.add(g, op.cast(g, codes, 'int64'), g.constant(op.int64(offsets, [1, offsets.length]), 'offsets'));
  return op.gather(g, build.parameter(`${name}.weight`, [total, width], { initialisation }), rows);
}

export interface AttentionShape {
  readonly heads: number;
  readonly tokens: number;
  readonly dropout: number;
}

/**
 * Multi-head scaled dot-product self-attention over the tokens of each row (Vaswani et al., arXiv 1706.03762).
 * x [batch·tokens, width], one row per token. Drawn as torch.nn.MultiheadAttention.
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
  const project = (input: op.Value, part: string, outputs: number, initialisation: Initialisation) => {
    const weight = build.parameter(`${name}.${part}.weight`, [outputs, model], { initialisation, decays: true });
    const bias = build.parameter(`${name}.${part}.bias`, [outputs], { initialisation: constant(0) });
    return op.gemm(g, input, weight, bias, { transB: true });
  };
  const projected = project(x, 'in', 3 * model, xavier);
  const byHead = op.transpose(g, op.reshape(g, projected, [batch, tokens, 3, heads, width]), [2, 0, 3, 1, 4]);
  const [q, k, v] = op
    .split(g, byHead, [1, 1, 1], 0)
    .map((part) => op.reshape(g, part, [batch, heads, tokens, width])) as [op.Value, op.Value, op.Value];
  const products = op.matMul(g, q, op.transposeLast(g, k));
  const weights = op.softmax(g, op.mul(g, products, op.scalar(g, 1 / Math.sqrt(width), products)));
  const mixed = op.matMul(g, build.dropout(weights, name, dropout), v);
  const joined = op.reshape(g, op.transpose(g, mixed, [0, 2, 1, 3]), [op.multiplyDim(batch, tokens), model]);
  return project(joined, 'out', model, uniform(1 / Math.sqrt(model)));
}
