import * as op from '@perennial/onnx-graph';
import { noDropout } from './dropout.sites';
import { parameterLayout, parametersFromFlat } from './parameter.layout';
import type { EncodedInputs } from './features';
import { forward, type ModelConfig } from './model.kinds';

export const BATCH = 'batch';

/** Encoded rows (any number) and flat parameters → probability [batch, 1]. For validation during training. */
export function buildScoringGraph(config: ModelConfig): op.Graph {
  const g = new op.Graph('scoring');
  const layout = parameterLayout(config);
  const flat = g.input('parameters', 'float32', [layout.size]);
  const { categorical, numeric } = config;
  const inputs: EncodedInputs = {
    categorical: categorical.length > 0 ? g.input('categorical', 'int32', [BATCH, categorical.length]) : undefined,
    numeric: numeric.length > 0 ? g.input('numeric', 'float32', [BATCH, numeric.length]) : undefined,
  };
  const parameter = parametersFromFlat(g, flat, layout);
  const logits = forward({ graph: g, batch: BATCH, parameter, dropout: noDropout }, config, inputs);
  g.output('probability', positiveProbability(g, logits));
  return g;
}

/** P(positive) [batch, 1] from logits [batch, 2]. */
export function positiveProbability(g: op.Graph, logits: op.Value): op.Value {
  return op.split(g, op.softmax(g, logits), [1, 1], 1)[1] as op.Value;
}
