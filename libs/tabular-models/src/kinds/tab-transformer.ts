import * as op from '@perennial/onnx-graph';
import type { EncodedInputs, ModelFeatures } from '../features';
import { layerNorm, linear, selfAttention, tokenEmbedding } from '../layers';
import type { ModelBuild } from '../model.build';
import { CLASSES, type ModelKind } from '../model.kind';
import { dividesWidth, positiveInteger, probability } from '../config.rules';

/** Sizes of the documented TabTransformer (Huang et al., arXiv 2012.06678). */
export interface TabTransformerSizes {
  readonly kind: 'tab-transformer';
  readonly dModel: number;
  readonly heads: number;
  readonly layers: number;
  readonly feedForward: number;
  readonly dropout: number;
}

export type TabTransformerConfig = TabTransformerSizes & ModelFeatures;

/** Widths of the head's two hidden layers. */
const HEAD_WIDTHS = [128, 64] as const;

/**
 * Embeddings → post-norm encoder → flatten, joined with the normalised numeric features → MLP head. Equal to
 * torch.nn.TransformerEncoder(TransformerEncoderLayer(batch_first=True)) and its defaults.
 */
export const tabTransformer: ModelKind<TabTransformerConfig> = {
  rules: {
    dModel: [positiveInteger],
    heads: [positiveInteger, dividesWidth],
    layers: [positiveInteger],
    feedForward: [positiveInteger],
    dropout: [probability],
  },
  representation: joined,
  logits(build, config, inputs) {
    const { graph: g } = build;
    let x = joined(build, config, inputs);
    for (const [index, width] of HEAD_WIDTHS.entries()) {
      const hidden = op.relu(g, linear(build, x, `head.${index}`, width));
      x = build.dropout(hidden, `head.${index}`, config.dropout);
    }
    return linear(build, x, `head.${HEAD_WIDTHS.length}`, CLASSES);
  },
};

/** What the head reads: the encoded categories, flat, and the normalised numbers. */
function joined(build: ModelBuild, config: TabTransformerConfig, { categorical, numeric }: EncodedInputs): op.Value {
  const parts = [
    ...(categorical ? [encodeCategories(build, config, categorical)] : []),
    ...(numeric ? [layerNorm(build, numeric, 'numericNorm')] : []),
  ];
  return op.concat(build.graph, parts, 1);
}

function encodeCategories(build: ModelBuild, config: TabTransformerConfig, codes: op.Value): op.Value {
  const { graph: g, batch } = build;
  const { dModel, layers, categorical } = config;
  const tokens = categorical.length;
  const table = { name: 'embeddings', width: dModel, initialisation: { kind: 'normal' } as const };
  let x = op.reshape(g, tokenEmbedding(build, codes, config, table), [op.multiplyDim(batch, tokens), dModel]);
  for (let layer = 0; layer < layers; layer++) x = encoderLayer(build, config, x, `encoder.${layer}`);
  const byRow = op.transpose(g, op.reshape(g, x, [tokens, batch, dModel]), [1, 0, 2]);
  return op.reshape(g, byRow, [batch, tokens * dModel]);
}

/** x: [tokens·batch, dModel], one row per token, as selfAttention takes it. */
function encoderLayer(build: ModelBuild, config: TabTransformerConfig, x: op.Value, name: string): op.Value {
  const { graph: g } = build;
  const { heads, categorical, feedForward, dModel, dropout } = config;
  const attention = { heads, tokens: categorical.length, dropout };
  const attended = selfAttention(build, x, `${name}.attention`, attention);
  const middle = layerNorm(build, op.add(g, x, build.dropout(attended, `${name}.residual1`, dropout)), `${name}.norm1`);
  const hidden = op.relu(g, linear(build, middle, `${name}.feedForward.0`, feedForward));
  const dropped = build.dropout(hidden, `${name}.hidden`, dropout);
  const projected = linear(build, dropped, `${name}.feedForward.1`, dModel);
  return layerNorm(build, op.add(g, middle, build.dropout(projected, `${name}.residual2`, dropout)), `${name}.norm2`);
}
