import * as op from '@perennial/onnx-graph';

export const OPTIMIZERS = ['sgd', 'adam', 'adamw'] as const;

export interface OptimizerConfig {
  readonly optimizer: (typeof OPTIMIZERS)[number];
  /** Of sgd, in [0, 1); 0 for the others. */
  readonly momentum: number;
  /** Of adamw, decoupled from the gradient: what a step of rate 1 takes away. 0 for the others. */
  readonly weightDecay: number;
  /** Largest Euclidean norm of a step's gradient; null: whatever it is. */
  readonly clipNorm: number | null;
}

/** Parameters and the optimiser's state, all of them flat vectors. */
export interface StepState {
  readonly parameters: op.Value;
  readonly slots: readonly op.Value[];
}

interface StepInputs {
  readonly gradient: op.Value;
  /** See `optimizerRates`. */
  readonly rates: op.Value;
  /** 1 for each parameter that decays, 0 for the others. */
  readonly decays: Float32Array;
}

const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;
/** As torch.nn.utils.clip_grad_norm_. */
const CLIP_EPSILON = 1e-6;

/** Names of the vectors that the optimiser keeps between steps; all begin at 0. */
export function optimizerSlots({ optimizer, momentum }: OptimizerConfig): readonly string[] {
  if (optimizer === 'sgd') return momentum > 0 ? ['momentum'] : [];
  return ['m', 'v'];
}

/**
 * What step t = 1, 2, … of a learning rate is told, so that the graph knows neither: sgd [rate]; Adam a rate and an
 * epsilon with which rate·m/(√v + epsilon) equals lr·m̂/(√v̂ + ε), where m and v are sums, m ← β₁m + g and v ← β₂v + g²,
 * instead of (1−β) times them: two passes fewer over all parameters; AdamW besides lr·decay.
 */
export function optimizerRates({ optimizer, weightDecay }: OptimizerConfig, learningRate: number, step: number) {
  if (optimizer === 'sgd') return [learningRate];
  const root = Math.sqrt((1 - ADAM.beta2 ** step) / (1 - ADAM.beta2));
  const mean = (1 - ADAM.beta1) / (1 - ADAM.beta1 ** step);
  const adam = [learningRate * mean * root, ADAM.epsilon * root];
  return optimizer === 'adam' ? adam : [...adam, learningRate * weightDecay];
}

/** Numbers in `rates`. */
export const ratesOf = (config: OptimizerConfig): number => optimizerRates(config, 0, 1).length;

/** One step. Equal to torch.optim's SGD, Adam (Kingma & Ba, arXiv 1412.6980) and AdamW (Loshchilov & Hutter, 1711.05101). */
export function optimizerStep(g: op.Graph, config: OptimizerConfig, state: StepState, inputs: StepInputs): StepState {
  const gradient = config.clipNorm === null ? inputs.gradient : clipped(g, inputs.gradient, config.clipNorm);
  const rates = ratesOf(config) === 1 ? [inputs.rates] : op.split(g, inputs.rates, Array(ratesOf(config)).fill(1), 0);
  if (config.optimizer === 'sgd') return sgd(g, config, state, gradient, rates[0] as op.Value);
  const [rate, epsilon, decay] = rates as [op.Value, op.Value, op.Value | undefined];
  const after = adam(g, state, gradient, rate, epsilon);
  if (!decay) return after;
  const shrunk = op.mul(g, op.mul(g, state.parameters, g.constant(op.float32(inputs.decays), 'decays')), decay);
  return { ...after, parameters: op.sub(g, after.parameters, shrunk) };
}

function sgd(g: op.Graph, config: OptimizerConfig, state: StepState, gradient: op.Value, rate: op.Value): StepState {
  const [velocity] = state.slots;
  const next = velocity ? op.add(g, op.mul(g, velocity, op.scalar(g, config.momentum, gradient)), gradient) : gradient;
  return { parameters: op.sub(g, state.parameters, op.mul(g, next, rate)), slots: velocity ? [next] : [] };
}

function adam(g: op.Graph, state: StepState, gradient: op.Value, rate: op.Value, epsilon: op.Value): StepState {
  const [m, v] = state.slots as [op.Value, op.Value];
  const constant = (value: number) => op.scalar(g, value, gradient);
  const nextM = op.add(g, op.mul(g, m, constant(ADAM.beta1)), gradient);
  const nextV = op.add(g, op.mul(g, v, constant(ADAM.beta2)), op.mul(g, gradient, gradient));
  const change = op.mul(g, op.div(g, nextM, op.add(g, op.sqrt(g, nextV), epsilon)), rate);
  return { parameters: op.sub(g, state.parameters, change), slots: [nextM, nextV] };
}

/** Scaled down to the norm where it is longer (Pascanu et al., arXiv 1211.5063). */
function clipped(g: op.Graph, gradient: op.Value, norm: number): op.Value {
  const length = op.sqrt(g, op.reduceSum(g, op.mul(g, gradient, gradient), [0], true));
  const share = op.div(g, op.scalar(g, norm, gradient), op.add(g, length, op.scalar(g, CLIP_EPSILON, gradient)));
  return op.mul(g, gradient, op.clip(g, share, 0, 1));
}
