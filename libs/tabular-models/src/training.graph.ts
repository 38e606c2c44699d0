import * as op from '@perennial/onnx-graph';
import { dropoutFromMasks, dropoutSites, maskInput } from './dropout.sites';
import type { OptimizerConfig } from './optimizer.graph';
import { parameterLayout } from './parameter.layout';
import { CLASSES } from './model.kind';
import { forward, type ModelConfig } from './model.kinds';
import { gradientGraph, type InputSpec, type Objective, stepsGraph, updateGraph } from './step.graph';

/** Absent inputs have no elements: targets [batch, classes], see writeWeightedTargets; a mask for each dropout site. */
function inputSpecs(config: ModelConfig, batch: number): InputSpec[] {
  const masks = dropoutSites(config, batch).map(
    (site) => ({ name: maskInput(site), type: 'uint8', shape: site.shape }) as const,
  );
  const specs: InputSpec[] = [
    { name: 'categorical', type: 'int32', shape: [batch, config.categorical.length] },
    { name: 'numeric', type: 'float32', shape: [batch, config.numeric.length] },
    { name: 'targets', type: 'float32', shape: [batch, CLASSES] },
    ...masks,
  ];
  return specs.filter(({ shape }) => op.sizeOf(shape) > 0);
}

/** Weighted cross entropy of the model's logits. */
function classification(config: ModelConfig, batch: number): Objective {
  return {
    layout: parameterLayout(config),
    inputs: inputSpecs(config, batch),
    loss(graph, parameter, inputs) {
      const { targets, categorical, numeric } = inputs;
      const dropout = dropoutFromMasks(graph, inputs, dropoutSites(config, batch));
      const logits = forward({ graph, batch, parameter, dropout }, config, { categorical, numeric });
      const weighted = op.mul(graph, op.logSoftmax(graph, logits), targets as op.Value);
      return { loss: op.neg(graph, op.reduceSum(graph, weighted, [0, 1])), seen: { logits } };
    },
  };
}

/** One forward and backward pass: parameters and step inputs → loss, flat gradient, logits. */
export const buildGradientGraph = (config: ModelConfig, batch: number): op.Graph =>
  gradientGraph(classification(config, batch));

/** Training steps, see stepsGraph; sequences are categorical, numeric, targets, masks (those that exist) and rates. */
export const buildTrainingGraph = (config: ModelConfig, optimizer: OptimizerConfig, batch: number): op.Graph =>
  stepsGraph(classification(config, batch), optimizer);

/** Applies gradients that buildGradientGraph computed of `parts` parts of a batch, see updateGraph. */
export const buildUpdateGraph = (config: ModelConfig, optimizer: OptimizerConfig, parts: number): op.Graph =>
  updateGraph(parameterLayout(config), optimizer, parts);
