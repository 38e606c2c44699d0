import { broadcastAxes, filled, type Graph, reduceSum, reshape, type Shape, type Value } from '@perennial/onnx-graph';

/** Sums a gradient over the axes along which its operand had been broadcast. */
export function reduceTo(g: Graph, gradient: Value, shape: Shape): Value {
  const axes = broadcastAxes(gradient.shape, shape);
  if (axes.length === 0) return gradient;
  const [rows] = gradient.shape;
  // 1ᵀ·x reads a matrix at twice the speed of its sum over rows.
  if (gradient.shape.length === 2 && shape.length === 1 && axes.length === 1 && typeof rows === 'number') {
    return g.single('MatMul', [g.constant(filled(gradient.type, [rows], 1), 'ones'), gradient], {
      type: gradient.type,
      shape,
    });
  }
  return reshape(g, reduceSum(g, gradient, axes), shape);
}

/** [n, n] of ones: x · ones holds every row's sum in each of its places. One GEMM instead of a slow row broadcast. */
export function summing(g: Graph, x: Value): Value {
  const width = x.shape[x.shape.length - 1];
  if (typeof width !== 'number') throw new Error('row sums need a fixed last dimension');
  return g.constant(filled(x.type, [width, width], 1), 'ones');
}
