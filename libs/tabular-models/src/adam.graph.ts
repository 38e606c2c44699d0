import { add, div, type Graph, mul, scalar, split, sqrt, sub, type Value } from '@perennial/onnx-graph';

export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

export interface AdamState {
  readonly parameters: Value;
  readonly m: Value;
  readonly v: Value;
}

/**
 * One Adam step (Kingma & Ba, arXiv 1412.6980) on flat vectors. `rates` [2] comes from `adamRates`, which carries
 * the schedule and the bias correction, so that the graph knows no step number.
 */
export function adamStep(g: Graph, { parameters, m, v }: AdamState, gradient: Value, rates: Value): AdamState {
  const constant = (value: number) => scalar(g, value, gradient);
  const [rate, epsilon] = split(g, rates, [1, 1], 0) as [Value, Value];
  const nextM = add(g, mul(g, m, constant(ADAM.beta1)), mul(g, gradient, constant(1 - ADAM.beta1)));
  const squared = mul(g, gradient, gradient);
  const nextV = add(g, mul(g, v, constant(ADAM.beta2)), mul(g, squared, constant(1 - ADAM.beta2)));
  const change = mul(g, div(g, nextM, add(g, sqrt(g, nextV), epsilon)), rate);
  return { parameters: sub(g, parameters, change), m: nextM, v: nextV };
}

/**
 * [rate, epsilon] for step t = 1, 2, …: lr·√(1−β₂ᵗ)/(1−β₁ᵗ) and ε·√(1−β₂ᵗ), so that rate·m/(√v + epsilon)
 * equals lr·m̂/(√v̂ + ε).
 */
export function adamRates(learningRate: number, step: number): [number, number] {
  const correction = Math.sqrt(1 - ADAM.beta2 ** step);
  return [(learningRate * correction) / (1 - ADAM.beta1 ** step), ADAM.epsilon * correction];
}
