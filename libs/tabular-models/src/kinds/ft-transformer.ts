import * as op from '@perennial/onnx-graph';
import type { EncodedInputs, ModelFeatures } from '../features';
import { layerNorm, linear, selfAttention, tokenEmbedding } from '../layers';
import type { ModelBuild } from '../model.build';
import { CLASSES, type ModelKind } from '../model.kind';
import { dividesWidth, positiveInteger, probability } from '../config.rules';

/** Sizes of the FT-Transformer (Gorishniy et al., arXiv 2106.11959). */
export interface FtTransformerSizes {
  readonly kind: 'ft-transformer';
  readonly dModel: number;
  readonly heads: number;
  readonly layers: number;
  /** Width of each half of the ReGLU. */
  readonly feedForward: number;
  readonly attentionDropout: number;
  readonly feedForwardDropout: number;
  readonly residualDropout: number;
}

export type FtTransformerConfig = FtTransformerSizes & ModelFeatures;

/**
 * Every feature becomes a token, behind one of the row itself → pre-norm encoder with ReGLU → the row's token →
 * norm, ReLU, linear. As the authors' package rtdl_revisiting_models: the first layer has no norm before its attention.
 */
export const ftTransformer: ModelKind<FtTransformerConfig> = {
  rules: {
    dModel: [positiveInteger],
    heads: [positiveInteger, dividesWidth],
    layers: [positiveInteger],
    feedForward: [positiveInteger],
    attentionDropout: [probability],
    feedForwardDropout: [probability],
    residualDropout: [probability],
  },
  representation: encodedRow,
  logits(build, config, inputs) {
    const normal = layerNorm(build, encodedRow(build, config, inputs), 'head.norm');
    return linear(build, op.relu(build.graph, normal), 'head.linear', CLASSES);
  },
};

/** The row's token behind the encoder: [batch, dModel]. */
function encodedRow(build: ModelBuild, config: FtTransformerConfig, { categorical, numeric }: EncodedInputs): op.Value {
  const { graph: g, batch } = build;
  const { dModel, layers } = config;
  const features = [
    rowToken(build, config, (numeric ?? categorical) as op.Value),
    ...(numeric ? [numericTokens(build, config, numeric)] : []),
    ...(categorical ? [categoricalTokens(build, config, categorical)] : []),
  ];
  const tokens = 1 + config.numeric.length + config.categorical.length;
  let x = op.reshape(g, op.concat(g, features, 0), [op.multiplyDim(batch, tokens), dModel]);
  for (let layer = 0; layer < layers; layer++) x = encoderLayer(build, config, x, layer, tokens);
  const [row] = op.split(g, op.reshape(g, x, [tokens, batch, dModel]), [1, tokens - 1], 0) as [op.Value];
  return op.reshape(g, row, [batch, dModel]);
}

const tokenInitialisation = (dModel: number) => ({ kind: 'uniform', bound: 1 / Math.sqrt(dModel) }) as const;

const parameter = (build: ModelBuild, name: string, shape: number[]) =>
  build.parameter(name, shape, { initialisation: tokenInitialisation(shape.at(-1) as number) });

/** The same for each row: [1, batch, dModel]. */
function rowToken(build: ModelBuild, config: FtTransformerConfig, features: op.Value): op.Value {
  const { graph: g } = build;
  const width = features.shape[1] as number;
  const [first] = width === 1 ? [features] : op.split(g, features, [1, width - 1], 1);
  const zeros = op.zerosLike(g, op.transpose(g, first as op.Value, [1, 0]), 'int64');
  return op.gather(g, parameter(build, 'tokenizer.row', [1, config.dModel]), zeros);
}

/** x_j·w_j + b_j: [features, batch, dModel]. */
function numericTokens(build: ModelBuild, { dModel, numeric }: FtTransformerConfig, x: op.Value): op.Value {
  const { graph: g, batch } = build;
  const perFeature = (name: string) =>
    op.reshape(g, parameter(build, `tokenizer.numeric.${name}`, [numeric.length, dModel]), [numeric.length, 1, dModel]);
  const byFeature = op.reshape(g, op.transpose(g, x, [1, 0]), [numeric.length, batch, 1]);
  return op.add(g, op.mul(g, byFeature, perFeature('weight')), perFeature('bias'));
}

/** e_j[code] + b_j: [features, batch, dModel]. */
function categoricalTokens(build: ModelBuild, config: FtTransformerConfig, codes: op.Value): op.Value {
  const { dModel, categorical } = config;
  const table = { name: 'tokenizer.categorical', width: dModel, initialisation: tokenInitialisation(dModel) };
  const embedded = tokenEmbedding(build, codes, config, table);
  const bias = parameter(build, 'tokenizer.categorical.bias', [categorical.length, dModel]);
  return op.add(build.graph, embedded, op.reshape(build.graph, bias, [categorical.length, 1, dModel]));
}

/** x: [tokens·batch, dModel], one row per token, as selfAttention takes it. */
function encoderLayer(
  build: ModelBuild,
  config: FtTransformerConfig,
  x: op.Value,
  layer: number,
  tokens: number,
): op.Value {
  const { graph: g } = build;
  const { heads, feedForward, dModel, attentionDropout, feedForwardDropout, residualDropout } = config;
  const name = `encoder.${layer}`;
  const attention = { heads, tokens, dropout: attentionDropout };
  const before = layer === 0 ? x : layerNorm(build, x, `${name}.norm1`);
  const attended = selfAttention(build, before, `${name}.attention`, attention);
  const middle = op.add(g, x, build.dropout(attended, `${name}.residual1`, residualDropout));
  const wide = linear(build, layerNorm(build, middle, `${name}.norm2`), `${name}.feedForward.0`, 2 * feedForward);
  const [value, gate] = op.split(g, wide, [feedForward, feedForward], 1) as [op.Value, op.Value];
  const hidden = build.dropout(op.mul(g, value, op.relu(g, gate)), `${name}.hidden`, feedForwardDropout);
  const projected = linear(build, hidden, `${name}.feedForward.1`, dModel);
  return op.add(g, middle, build.dropout(projected, `${name}.residual2`, residualDropout));
}
