import { Tensor } from 'onnxruntime-node';
import type { StepInputs } from './step.inputs';

/** Feeds of what has elements; `dims`: the axes before a row's numbers. */
export function rowTensors(
  { categorical, numeric, targets }: Omit<StepInputs, 'targets'> & Partial<StepInputs>,
  dims: readonly number[],
): Record<string, Tensor> {
  const rows = dims.reduce((product, dim) => product * dim, 1);
  const shape = (values: { readonly length: number }) => [...dims, values.length / rows];
  return {
    ...(categorical.length > 0 ? { categorical: new Tensor('int32', categorical, shape(categorical)) } : {}),
    ...(numeric.length > 0 ? { numeric: new Tensor('float32', numeric, shape(numeric)) } : {}),
    ...(targets ? { targets: new Tensor('float32', targets, shape(targets)) } : {}),
  };
}
