import * as op from '@perennial/onnx-graph';
import type { GradientRule } from './gradient.rule';
import { gatherRule, gemmRule, layerNormalizationRule, matMulRule, splitRule } from './matrix.rules';
import { reduceTo, summing } from './reduce-to';
import { permutationOf, transposed } from './transposed';

const { add, mul, div, sub, neg, scalar } = op;

/** One rule per ONNX operator. x = first input, y = first output, dy = gradient of y. */
export const gradientRules: Readonly<Record<string, GradientRule>> = {
  Identity: (_, dy) => [dy],
  Add: ({ graph: g, input }, dy) => [reduceTo(g, dy, input(0).shape), reduceTo(g, dy, input(1).shape)],
  Sub: ({ graph: g, input, needs }, dy) => [
    reduceTo(g, dy, input(0).shape),
    needs(1) ? reduceTo(g, neg(g, dy), input(1).shape) : undefined,
  ],
  Mul: ({ graph: g, input, needs }, dy) => [
    needs(0) ? reduceTo(g, mul(g, dy, input(1)), input(0).shape) : undefined,
    needs(1) ? reduceTo(g, mul(g, dy, input(0)), input(1).shape) : undefined,
  ],
  // d(a/b) = da/b − y·db/b
  Div: ({ graph: g, input, output, needs }, dy) => {
    const da = div(g, dy, input(1));
    return [
      reduceTo(g, da, input(0).shape),
      needs(1) ? reduceTo(g, neg(g, mul(g, da, output())), input(1).shape) : undefined,
    ];
  },
  Neg: ({ graph: g }, dy) => [neg(g, dy)],
  Exp: ({ graph: g, output }, dy) => [mul(g, dy, output())],
  Log: ({ graph: g, input }, dy) => [div(g, dy, input(0))],
  Sqrt: ({ graph: g, output }, dy) => [div(g, dy, add(g, output(), output()))],
  // 2/√π · exp(−x²)
  Erf: ({ graph: g, input }, dy) => {
    const slope = op.exp(g, neg(g, mul(g, input(0), input(0))));
    return [mul(g, dy, mul(g, slope, scalar(g, 2 / Math.sqrt(Math.PI), dy)))];
  },
  // At 0 the slope is 0, as in PyTorch.
  Relu: ({ graph: g, output }, dy) => {
    const active = op.greater(g, output(), scalar(g, 0, dy));
    return [mul(g, dy, op.cast(g, active, dy.type))];
  },
  Tanh: ({ graph: g, output }, dy) => [mul(g, dy, sub(g, scalar(g, 1, dy), mul(g, output(), output())))],
  Sigmoid: ({ graph: g, output }, dy) => [mul(g, dy, mul(g, output(), sub(g, scalar(g, 1, dy), output())))],
  Where: ({ graph: g, input, needs }, dy) => {
    const zero = scalar(g, 0, dy);
    return [
      undefined,
      needs(1) ? reduceTo(g, op.where(g, input(0), dy, zero), input(1).shape) : undefined,
      needs(2) ? reduceTo(g, op.where(g, input(0), zero, dy), input(2).shape) : undefined,
    ];
  },
  // y · (dy − Σ dy·y) along the last axis
  Softmax: ({ graph: g, input, output }, dy) => {
    const weighted = mul(g, dy, output());
    const sums = op.matMul(g, weighted, keepingAlive(g, input(0), summing(g, weighted)));
    return [sub(g, weighted, mul(g, output(), sums))];
  },
  // dy − softmax · Σ dy
  LogSoftmax: ({ graph: g, output }, dy) => [sub(g, dy, mul(g, op.exp(g, output()), op.matMul(g, dy, summing(g, dy))))],
  ReduceSum: ({ graph: g, node, input }, dy) => [expandReduced(g, node, dy, input(0))],
  ReduceMean: ({ graph: g, node, input, output }, dy) => {
    const ratio = fixedSize(input(0)) / fixedSize(output());
    return [expandReduced(g, node, mul(g, dy, scalar(g, 1 / ratio, dy)), input(0))];
  },
  Reshape: ({ graph: g, input }, dy) => [op.reshape(g, dy, input(0).shape)],
  Transpose: ({ graph: g, node }, dy) => {
    const permutation = permutationOf(node);
    const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
    return [transposed(g, dy, inverse)];
  },
  Concat: ({ graph: g, node }, dy) => {
    const axis = intOf(node, 'axis');
    return op.split(
      g,
      dy,
      node.inputs.map((part) => part?.shape[axis] as number),
      axis,
    );
  },
  Split: splitRule,
  Gather: gatherRule,
  MatMul: matMulRule,
  Gemm: gemmRule,
  LayerNormalization: layerNormalizationRule,
};

/**
 * `x`, a constant, by way of the size of `read`, so that the runtime cannot overwrite `read` before. Its Softmax of short
 * rows takes twice the time where it writes in place: each row's load waits for the masked store of the row before.
 */
function keepingAlive(g: op.Graph, read: op.Value, x: op.Value): op.Value {
  const dims = g.constant(op.int64(x.shape as number[]), 'shape');
  const size = g.single('Size', [read], { type: 'int64', shape: [] });
  // `read` has at least as many elements as x has rows or columns.
  return g.single('Reshape', [x, g.single('Min', [size, dims], { type: 'int64', shape: dims.shape })], x);
}

function intOf(node: op.Node, name: string): number {
  const attribute = node.attributes[name];
  if (attribute?.kind !== 'int') throw new Error(`${node.opType} has no integer attribute ${name}`);
  return attribute.value;
}

function intsOf(node: op.Node, name: string): readonly number[] {
  const attribute = node.attributes[name];
  if (attribute?.kind !== 'ints') throw new Error(`${node.opType} has no attribute ${name}`);
  return attribute.value;
}

function fixedSize(value: op.Value): number {
  if (!value.shape.every((dim) => typeof dim === 'number')) throw new Error(`${value.name} has an open dimension`);
  return op.sizeOf(value.shape as number[]);
}

/** Spreads the gradient of a reduction over the reduced axes. */
function expandReduced(g: op.Graph, node: op.Node, dy: op.Value, x: op.Value): op.Value {
  const reduced = node.opType === 'ReduceSum' ? constantInts(g, node.inputs[1]) : intsOf(node, 'axes');
  const kept = op.reshape(
    g,
    dy,
    x.shape.map((dim, axis) => (reduced.includes(axis) ? 1 : dim)),
  );
  return add(g, kept, g.constant(op.filled(x.type, x.shape as number[], 0)));
}

function constantInts(g: op.Graph, value: op.Value | undefined): number[] {
  const initializer = g.initializers.find((candidate) => candidate.value === value);
  if (!initializer) throw new Error('reduction axes must be constant');
  return Array.from(initializer.tensor.data as BigInt64Array, Number);
}
