import { type Node, sizeOf } from '@perennial/onnx-graph';
import type { ModelConfig } from './model.kinds';
import { buildGradientGraph } from './training.graph';

/** Multiplications and additions of the matrix products in a training step, for each of its rows. */
export const flopOfRow = (config: ModelConfig): number =>
  buildGradientGraph(config, 1).nodes.reduce((sum, node) => sum + flopOf(node), 0);

/** Two for each element of the product and each number that it sums over. */
function flopOf({ opType, inputs, outputs }: Node): number {
  if (opType !== 'Gemm' && opType !== 'MatMul') return 0;
  const [left, product] = [shapeOf(inputs[0]), shapeOf(outputs[0])];
  // A Gemm's first operand may be transposed: what is not a row of the product is summed over.
  const summed = opType === 'Gemm' ? sizeOf(left) / (product[0] as number) : (left.at(-1) as number);
  return 2 * sizeOf(product) * summed;
}

const shapeOf = (value: Node['inputs'][number]): readonly number[] => value?.shape as readonly number[];
