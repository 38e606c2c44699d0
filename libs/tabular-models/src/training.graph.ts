import { gradients } from '@perennial/autodiff';
import * as op from '@perennial/onnx-graph';
import { dropoutFromMask, dropoutSites, maskBytes, noDropout } from './dropout.sites';
import { type OptimizerConfig, optimizerSlots, optimizerStep, ratesOf } from './optimizer.graph';
import { type ParameterLayout, parameterLayout, parametersFromFlat } from './parameter.layout';
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

interface SequenceSpec {
  readonly name: string;
  readonly type: op.ElementType;
  readonly shape: readonly number[];
}

/**
 * Many training steps in one call: a Scan whose state is parameters and the optimiser's slots (flat vectors) and whose
 * sequences are categorical, numeric, targets, mask (those that exist) and rates (see optimizerRates).
 * Outputs: parameters_out, a `_out` of each slot, and losses [steps].
 */
export function buildTrainingGraph(config: ModelConfig, optimizer: OptimizerConfig, batch: number): op.Graph {
  const g = new op.Graph('training');
  const { size } = parameterLayout(config);
  const specs: readonly SequenceSpec[] = [
    ...inputSpecs(config, batch),
    { name: 'rates', type: 'float32', shape: [ratesOf(optimizer)] },
  ];
  const names = ['parameters', ...optimizerSlots(optimizer)];
  const states = names.map((name) => g.input(name, 'float32', [size]));
  const sequences = specs.map(({ name, type, shape }) => g.input(name, type, ['steps', ...shape]));
  const result = op.scan(g, stepBody(g, config, optimizer, batch, specs), states, sequences);
  names.forEach((name, index) => g.output(`${name}_out`, result.states[index] as op.Value));
  g.output('losses', result.sequences[0] as op.Value);
  return g;
}

function stepBody(
  outer: op.Graph,
  config: ModelConfig,
  optimizer: OptimizerConfig,
  batch: number,
  specs: readonly SequenceSpec[],
): op.Graph {
  const body = outer.subgraph('step');
  const layout = parameterLayout(config);
  const state = (name: string) => body.input(`step_${name}`, 'float32', [layout.size]);
  const before = { parameters: state('parameters'), slots: optimizerSlots(optimizer).map(state) };
  const inputs = Object.fromEntries(
    specs.map(({ name, type, shape }) => [name, body.input(`step_${name}`, type, shape)]),
  );
  const { loss, gradient } = lossAndGradient(body, config, batch, before.parameters, inputs as unknown as StepInputs);
  const rates = inputs['rates'] as op.Value;
  const after = optimizerStep(body, optimizer, before, { gradient, rates, decays: decaysOf(layout) });
  for (const value of [after.parameters, ...after.slots, loss]) body.outputInPlace(value);
  return body;
}

/** 1 where a parameter decays, in the order of the flat vector. */
function decaysOf({ size, parameters }: ParameterLayout): Float32Array {
  const decays = new Float32Array(size);
  for (const { offset, size: length, decays: does } of parameters) decays.fill(does ? 1 : 0, offset, offset + length);
  return decays;
}
