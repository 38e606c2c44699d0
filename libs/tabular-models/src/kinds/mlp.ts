import * as op from '@perennial/onnx-graph';
import type { EncodedInputs, ModelFeatures } from '../features';
import { embedding, linear } from '../layers';
import type { ModelBuild } from '../model.build';
import { CLASSES, type ModelKind } from '../model.kind';
import { positiveInteger, positiveIntegers, probability } from '../config.rules';

/** Sizes of a multi-layer perceptron; the plain one of Gorishniy et al., arXiv 2106.11959. */
export interface MlpSizes {
  readonly kind: 'mlp';
  /** Width of each categorical feature's embedding. */
  readonly embedding: number;
  /** Widths of the hidden layers, first to last. */
  readonly hidden: readonly number[];
  readonly dropout: number;
}

export type MlpConfig = MlpSizes & ModelFeatures;

/** Embeddings and numeric features side by side → (linear, ReLU, dropout) per hidden layer → linear. */
export const mlp: ModelKind<MlpConfig> = {
  rules: { embedding: [positiveInteger], hidden: [positiveIntegers], dropout: [probability] },
  representation: lastHidden,
  logits(build, config, inputs) {
    return linear(build, lastHidden(build, config, inputs), 'output', CLASSES);
  },
};

function lastHidden(build: ModelBuild, config: MlpConfig, { categorical, numeric }: EncodedInputs): op.Value {
  const { graph: g, batch } = build;
  const { embedding: width, hidden, dropout } = config;
  const table = { name: 'embeddings', width, initialisation: { kind: 'normal' } as const };
  const flat = (codes: op.Value) =>
    op.reshape(g, embedding(build, codes, config, table), [batch, config.categorical.length * width]);
  let x = op.concat(g, [...(categorical ? [flat(categorical)] : []), ...(numeric ? [numeric] : [])], 1);
  for (const [index, outputs] of hidden.entries()) {
    const active = op.relu(g, linear(build, x, `hidden.${index}`, outputs));
    x = build.dropout(active, `hidden.${index}`, dropout);
  }
  return x;
}
