import {
  broadcastAxes,
  filled,
  type Graph,
  matMul,
  reduceSum,
  reshape,
  type Shape,
  type Value,
} from '@perennial/onnx-graph';

/** Sums a gradient over the axes along which its operand had been broadcast. */
export function reduceTo(g: Graph, gradient: Value, shape: Shape): Value {
  const axes = broadcastAxes(gradient.shape, shape);
  return axes.length === 0 ? gradient : reshape(g, reduceSum(g, gradient, axes), shape);
}

/** x · (ones/divisor): every element becomes its row's sum / divisor. One GEMM instead of a slow row broadcast. */
export function rowSums(g: Graph, x: Value, divisor = 1): Value {
  const width = x.shape[x.shape.length - 1];
  if (typeof width !== 'number') throw new Error('row sums need a fixed last dimension');
  const ones = g.constant(filled(x.type, [width, width], 1 / divisor), 'ones');
  return matMul(g, x, ones);
}
