import * as op from '@perennial/onnx-graph';
import type { Dropout } from './dropout.sites';
import type { ParameterLookup } from './parameter.layout';
import { HEAD_WIDTHS, type TabTransformerConfig } from './tab-transformer.config';

export interface EncodedInputs {
  /** int32 or int64 [batch, features]; code 0 is unknown. Absent without categorical features. */
  readonly categorical?: op.Value;
  /** float32 [batch, features], scaled. Absent without numeric features. */
  readonly numeric?: op.Value;
}

interface Context {
  readonly g: op.Graph;
  readonly config: TabTransformerConfig;
  readonly parameter: ParameterLookup;
  readonly dropout: Dropout;
  readonly batch: op.Dim;
}

/**
 * Logits [batch, classes]: embeddings → post-norm encoder → flatten, joined with the normalised numeric features →
 * MLP head. Equal to torch.nn.TransformerEncoder(TransformerEncoderLayer(batch_first=True)) and its defaults.
 */
export function forward(
  g: op.Graph,
  config: TabTransformerConfig,
  inputs: EncodedInputs,
  parameter: ParameterLookup,
  dropout: Dropout,
): op.Value {
  const batch = (inputs.categorical ?? inputs.numeric)?.shape[0] as op.Dim;
  const context = { g, config, parameter, dropout, batch };
  const parts = [
    ...(inputs.categorical ? [encodeCategories(context, inputs.categorical)] : []),
    ...(inputs.numeric ? [normalise(context, inputs.numeric, 'numericNorm')] : []),
  ];
  return head(context, op.concat(g, parts, 1));
}

function encodeCategories(context: Context, codes: op.Value): op.Value {
  const { g, config, parameter, batch } = context;
  const tokens = config.categorical.length;
  let next = 0;
  const offsets = config.categorical.map(({ cardinality }) => (next += cardinality) - cardinality);
  const rows = op.add(g, op.cast(g, codes, 'int64'), g.constant(op.int64(offsets, [1, tokens]), 'offsets'));
  const embedded = op.gather(g, parameter('embeddings.weight'), rows);
  let x = op.reshape(g, embedded, [op.multiplyDim(batch, tokens), config.dModel]);
  for (let layer = 0; layer < config.layers; layer++) x = encoderLayer(context, x, `encoder.${layer}`);
  return op.reshape(g, x, [batch, tokens * config.dModel]);
}

/** x: [batch·tokens, dModel], one row per token. */
function encoderLayer(context: Context, x: op.Value, name: string): op.Value {
  const { g, dropout } = context;
  const attended = dropout(g, attention(context, x, name), `${name}.residual1`);
  const middle = normalise(context, op.add(g, x, attended), `${name}.norm1`);
  const hidden = op.relu(g, linear(context, middle, `${name}.feedForward.0`));
  const projected = linear(context, dropout(g, hidden, `${name}.hidden`), `${name}.feedForward.1`);
  return normalise(context, op.add(g, middle, dropout(g, projected, `${name}.residual2`)), `${name}.norm2`);
}

/** Multi-head scaled dot-product attention over the tokens of each row (Vaswani et al., arXiv 1706.03762). */
function attention(context: Context, x: op.Value, name: string): op.Value {
  const { g, config, batch, dropout } = context;
  const { dModel, heads } = config;
  const tokens = config.categorical.length;
  const width = dModel / heads;
  const projected = linear(context, x, `${name}.attention.in`);
  const byHead = op.transpose(g, op.reshape(g, projected, [batch, tokens, 3, heads, width]), [2, 0, 3, 1, 4]);
  const [q, k, v] = op
    .split(g, byHead, [1, 1, 1], 0)
    .map((part) => op.reshape(g, part, [batch, heads, tokens, width])) as [op.Value, op.Value, op.Value];
  const products = op.matMul(g, q, op.transposeLast(g, k));
  const weights = op.softmax(g, op.mul(g, products, op.scalar(g, 1 / Math.sqrt(width), products)));
  const mixed = op.matMul(g, dropout(g, weights, `${name}.attention`), v);
  const joined = op.reshape(g, op.transpose(g, mixed, [0, 2, 1, 3]), [op.multiplyDim(batch, tokens), dModel]);
  return linear(context, joined, `${name}.attention.out`);
}

function head(context: Context, joined: op.Value): op.Value {
  const { g, dropout } = context;
  let x = joined;
  for (const index of HEAD_WIDTHS.keys()) {
    x = dropout(g, op.relu(g, linear(context, x, `head.${index}`)), `head.${index}`);
  }
  return linear(context, x, `head.${HEAD_WIDTHS.length}`);
}

function linear({ g, parameter }: Context, x: op.Value, name: string): op.Value {
  return op.gemm(g, x, parameter(`${name}.weight`), parameter(`${name}.bias`), { transB: true });
}

/** Layer normalisation; a single feature is only scaled and shifted, because its normal form would always be 0. */
function normalise({ g, parameter }: Context, x: op.Value, name: string): op.Value {
  const [weight, bias] = [parameter(`${name}.weight`), parameter(`${name}.bias`)];
  if (x.shape[1] === 1) return op.add(g, op.mul(g, x, weight), bias);
  return op.layerNormalization(g, x, weight, bias).output;
}
