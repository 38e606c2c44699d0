import * as op from '@perennial/onnx-graph';
import { noDropout } from './dropout.sites';
import { parameterLayout, parametersFromFlat } from './parameter.layout';
import { type EncodedInputs, forward } from './tab-transformer.forward';
import type { TabTransformerConfig } from './tab-transformer.config';

export const BATCH = 'batch';

/** Encoded rows (any number) and flat parameters → probability [batch, 1]. For validation during training. */
export function buildScoringGraph(config: TabTransformerConfig): op.Graph {
  const g = new op.Graph('scoring');
  const layout = parameterLayout(config);
  const flat = g.input('parameters', 'float32', [layout.size]);
  const { categorical, numeric } = config;
  const inputs: EncodedInputs = {
    categorical: categorical.length > 0 ? g.input('categorical', 'int32', [BATCH, categorical.length]) : undefined,
    numeric: numeric.length > 0 ? g.input('numeric', 'float32', [BATCH, numeric.length]) : undefined,
  };
  const logits = forward(g, config, inputs, parametersFromFlat(g, flat, layout), noDropout);
  g.output('probability', positiveProbability(g, logits));
  return g;
}

/** P(positive) [batch, 1] from logits [batch, 2]. */
export function positiveProbability(g: op.Graph, logits: op.Value): op.Value {
  return op.split(g, op.softmax(g, logits), [1, 1], 1)[1] as op.Value;
}
