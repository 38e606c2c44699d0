import { gradients } from '@perennial/autodiff';
import * as op from '@perennial/onnx-graph';
import { type OptimizerConfig, optimizerSlots, optimizerStep, ratesOf } from './optimizer.graph';
import { type ParameterLayout, type ParameterLookup, parametersFromFlat } from './parameter.layout';

/** What one step reads beside the parameters. */
export interface InputSpec {
  readonly name: string;
  readonly type: op.ElementType;
  readonly shape: readonly number[];
}

export type StepInputs = Readonly<Record<string, op.Value | undefined>>;

/** What is to be learnt. */
export interface Objective {
  readonly layout: ParameterLayout;
  readonly inputs: readonly InputSpec[];
  /** The loss, a scalar, and what else is worth reading, by name. */
  loss(g: op.Graph, parameter: ParameterLookup, inputs: StepInputs): { loss: op.Value; seen: Record<string, op.Value> };
}

/** The loss and its gradient as one flat vector. */
function lossAndGradient(g: op.Graph, objective: Objective, flat: op.Value, inputs: StepInputs) {
  const { layout } = objective;
  const parameter = parametersFromFlat(g, flat, layout);
  const { loss, seen } = objective.loss(g, parameter, inputs);
  const targets = layout.parameters.map(({ name }) => parameter(name));
  const pieces = gradients(g, loss, g.constant(op.float32([1], []), 'one'), targets).map((gradient, index) =>
    op.reshape(g, gradient as op.Value, [layout.parameters[index]?.size as number]),
  );
  return { loss, seen, gradient: op.concat(g, pieces, 0) };
}

/** The parameters, flat, and the inputs of one step. */
function declare(g: op.Graph, { layout, inputs }: Objective): { flat: op.Value; step: StepInputs } {
  const flat = g.input('parameters', 'float32', [layout.size]);
  return { flat, step: Object.fromEntries(inputs.map(({ name, type, shape }) => [name, g.input(name, type, shape)])) };
}

/** One forward and backward pass: parameters and step inputs → loss, flat gradient and what the objective shows. */
export function gradientGraph(objective: Objective): op.Graph {
  const g = new op.Graph('gradient');
  const { flat, step } = declare(g, objective);
  const { loss, gradient, seen } = lossAndGradient(g, objective, flat, step);
  for (const [name, value] of Object.entries({ loss, gradient, ...seen })) g.output(name, value);
  return g;
}

/** One forward pass: parameters and step inputs → loss. */
export function lossGraph(objective: Objective): op.Graph {
  const g = new op.Graph('loss');
  const { flat, step } = declare(g, objective);
  g.output('loss', objective.loss(g, parametersFromFlat(g, flat, objective.layout), step).loss);
  return g;
}

/**
 * Many training steps in one call: a Scan whose state is parameters and the optimiser's slots (flat vectors) and whose
 * sequences are the objective's inputs and rates (see optimizerRates).
 * Outputs: parameters_out, a `_out` of each slot, and losses [steps].
 */
export function stepsGraph(objective: Objective, optimizer: OptimizerConfig): op.Graph {
  const g = new op.Graph('training');
  const specs: readonly InputSpec[] = [
    ...objective.inputs,
    { name: 'rates', type: 'float32', shape: [ratesOf(optimizer)] },
  ];
  const names = ['parameters', ...optimizerSlots(optimizer)];
  const states = names.map((name) => g.input(name, 'float32', [objective.layout.size]));
  const sequences = specs.map(({ name, type, shape }) => g.input(name, type, ['steps', ...shape]));
  const result = op.scan(g, stepBody(g, objective, optimizer, specs), states, sequences);
  names.forEach((name, index) => g.output(`${name}_out`, result.states[index] as op.Value));
  g.output('losses', result.sequences[0] as op.Value);
  return g;
}

/**
 * What follows a step whose gradient came in parts: parameters, the optimiser's slots, `gradients` [parts, size],
 * `partLosses` [parts] and `rates` (see optimizerRates) → outputs as those of a stepsGraph of one step.
 */
export function updateGraph(layout: ParameterLayout, optimizer: OptimizerConfig, parts: number): op.Graph {
  const g = new op.Graph('update');
  const vector = (name: string) => g.input(name, 'float32', [layout.size]);
  const before = { parameters: vector('parameters'), slots: optimizerSlots(optimizer).map(vector) };
  const gradient = op.reduceSum(g, g.input('gradients', 'float32', [parts, layout.size]), [0]);
  const losses = op.reduceSum(g, g.input('partLosses', 'float32', [parts]), [0], true);
  const rates = g.input('rates', 'float32', [ratesOf(optimizer)]);
  const after = optimizerStep(g, optimizer, before, { gradient, rates, decays: decaysOf(layout) });
  g.output('parameters_out', after.parameters);
  optimizerSlots(optimizer).forEach((name, index) => g.output(`${name}_out`, after.slots[index] as op.Value));
  g.output('losses', losses);
  return g;
}

function stepBody(
  outer: op.Graph,
  objective: Objective,
  optimizer: OptimizerConfig,
  specs: readonly InputSpec[],
): op.Graph {
  const body = outer.subgraph('step');
  const { layout } = objective;
  const state = (name: string) => body.input(`step_${name}`, 'float32', [layout.size]);
  const before = { parameters: state('parameters'), slots: optimizerSlots(optimizer).map(state) };
  const inputs = Object.fromEntries(
    specs.map(({ name, type, shape }) => [name, body.input(`step_${name}`, type, shape)]),
  );
  const { loss, gradient } = lossAndGradient(body, objective, before.parameters, inputs);
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
