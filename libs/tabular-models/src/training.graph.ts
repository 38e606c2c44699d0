import { gradients } from '@perennial/autodiff';
import * as op from '@perennial/onnx-graph';
import { adamStep } from './adam.graph';
import { dropoutFromMask, dropoutSites, maskBytes, noDropout } from './dropout.sites';
import { parameterLayout, parametersFromFlat } from './parameter.layout';
import { CLASSES } from './model.kind';
import { forward, type ModelConfig } from './model.kinds';

/** What one step reads beside the parameters. Absent inputs are undefined. */
interface StepInputs {
  readonly categorical?: op.Value;
  readonly numeric?: op.Value;
  /** [batch, classes], see writeWeightedTargets. */
  readonly targets: op.Value;
  /** uint8 [maskBytes], see dropoutSites. */
  readonly mask?: op.Value;
}

interface InputSpec {
  readonly name: keyof StepInputs;
  readonly type: op.ElementType;
  readonly shape: readonly number[];
}

function inputSpecs(config: ModelConfig, batch: number): InputSpec[] {
  const mask = maskBytes(dropoutSites(config, batch));
  const specs: InputSpec[] = [
    { name: 'categorical', type: 'int32', shape: [batch, config.categorical.length] },
    { name: 'numeric', type: 'float32', shape: [batch, config.numeric.length] },
    { name: 'targets', type: 'float32', shape: [batch, CLASSES] },
    { name: 'mask', type: 'uint8', shape: [mask] },
  ];
  return specs.filter(({ shape }) => op.sizeOf(shape) > 0);
}

const declare = (g: op.Graph, specs: readonly InputSpec[]): StepInputs =>
  Object.fromEntries(specs.map(({ name, type, shape }) => [name, g.input(name, type, shape)])) as unknown as StepInputs;

/** Weighted cross entropy (scalar) and its gradient as one flat vector. */
function lossAndGradient(g: op.Graph, config: ModelConfig, batch: number, flat: op.Value, inputs: StepInputs) {
  const layout = parameterLayout(config);
  const parameter = parametersFromFlat(g, flat, layout);
  const sites = dropoutSites(config, batch);
  const dropout = inputs.mask ? dropoutFromMask(g, inputs.mask, sites) : noDropout;
  const logits = forward({ graph: g, batch, parameter, dropout }, config, inputs);
  const weighted = op.mul(g, op.logSoftmax(g, logits), inputs.targets);
  const loss = op.neg(g, op.reduceSum(g, weighted, [0, 1]));
  const targets = layout.parameters.map(({ name }) => parameter(name));
  const pieces = gradients(g, loss, g.constant(op.float32([1], []), 'one'), targets).map((gradient, index) =>
    op.reshape(g, gradient as op.Value, [layout.parameters[index]?.size as number]),
  );
  return { logits, loss, gradient: op.concat(g, pieces, 0) };
}

/** One forward and backward pass: parameters and step inputs → loss, flat gradient, logits. */
export function buildGradientGraph(config: ModelConfig, batch: number): op.Graph {
  const g = new op.Graph('gradient');
  const flat = g.input('parameters', 'float32', [parameterLayout(config).size]);
  const result = lossAndGradient(g, config, batch, flat, declare(g, inputSpecs(config, batch)));
  g.output('loss', result.loss);
  g.output('gradient', result.gradient);
  g.output('logits', result.logits);
  return g;
}

/**
 * Many training steps in one call: a Scan whose state is parameters, m and v (flat vectors) and whose sequences are
 * categorical, numeric, targets, mask (those that exist) and rates [steps, 2] (see adamRates).
 * Outputs: parameters_out, m_out, v_out and losses [steps].
 */
export function buildTrainingGraph(config: ModelConfig, batch: number): op.Graph {
  const g = new op.Graph('training');
  const size = parameterLayout(config).size;
  const specs: readonly { name: string; type: op.ElementType; shape: readonly number[] }[] = [
    ...inputSpecs(config, batch),
    { name: 'rates', type: 'float32', shape: [2] },
  ];
  const states = ['parameters', 'm', 'v'].map((name) => g.input(name, 'float32', [size]));
  const sequences = specs.map(({ name, type, shape }) => g.input(name, type, ['steps', ...shape]));
  const result = op.scan(g, stepBody(g, config, batch, size, specs), states, sequences);
  ['parameters_out', 'm_out', 'v_out'].forEach((name, index) => g.output(name, result.states[index] as op.Value));
  g.output('losses', result.sequences[0] as op.Value);
  return g;
}

function stepBody(
  outer: op.Graph,
  config: ModelConfig,
  batch: number,
  size: number,
  specs: readonly { name: string; type: op.ElementType; shape: readonly number[] }[],
): op.Graph {
  const body = outer.subgraph('step');
  const state = (name: string) => body.input(`step_${name}`, 'float32', [size]);
  const before = { parameters: state('parameters'), m: state('m'), v: state('v') };
  const inputs = Object.fromEntries(
    specs.map(({ name, type, shape }) => [name, body.input(`step_${name}`, type, shape)]),
  );
  const { loss, gradient } = lossAndGradient(body, config, batch, before.parameters, inputs as unknown as StepInputs);
  const after = adamStep(body, before, gradient, inputs['rates'] as op.Value);
  for (const value of [after.parameters, after.m, after.v, loss]) body.outputInPlace(value);
  return body;
}
