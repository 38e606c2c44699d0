import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { OptimizerState } from './checkpoint.format';

/** What a stepsGraph changes. */
export interface StepState {
  readonly parameters: Float32Array;
  readonly optimizer: OptimizerState;
}

/** One call of a stepsGraph: the state after its steps, in new vectors, and the loss of each. */
export async function runSteps(
  session: InferenceSession,
  { parameters, optimizer }: StepState,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<StepState & { readonly losses: Float32Array }> {
  const state = (data: Float32Array) => new Tensor('float32', data, [data.length]);
  const names = [...optimizer.slots.keys()];
  const outputs = await session.run({
    parameters: state(parameters),
    ...Object.fromEntries([...optimizer.slots].map(([name, slot]) => [name, state(slot)])),
    ...feeds,
  });
  const vector = (name: string) => outputs[name]?.data as Float32Array;
  const losses = vector('losses');
  const slots = new Map(names.map((name) => [name, vector(`${name}_out`)]));
  return { parameters: vector('parameters_out'), optimizer: { slots, step: optimizer.step + losses.length }, losses };
}

/** Each step's mean loss times its rows; the last step may have fewer. */
export function sumOverRows(losses: Float32Array, rows: number, batch: number): number {
  return losses.reduce((sum, loss, step) => sum + loss * Math.min(batch, rows - step * batch), 0);
}
