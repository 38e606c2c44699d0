import { broadcastShape } from './broadcast';
import type { Graph, Value } from './graph';
import { int, ints } from './layout.operators';
import { type Dim, int64, type Shape } from './tensor';

/** NumPy matmul for operands of rank ≥ 2. */
export function matMul(g: Graph, a: Value, b: Value): Value {
  const rows = a.shape[a.shape.length - 2] as Dim;
  const inner = a.shape[a.shape.length - 1];
  const columns = b.shape[b.shape.length - 1] as Dim;
  if (inner !== b.shape[b.shape.length - 2]) {
    throw new Error(`MatMul: [${a.shape.join(', ')}] × [${b.shape.join(', ')}]`);
  }
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return g.single('MatMul', [a, b], { type: a.type, shape: [...batch, rows, columns] });
}

export interface GemmOptions {
  readonly transA?: boolean;
  readonly transB?: boolean;
}

/** a′·b′ (+ c) on matrices, each of a and b transposed on request. */
export function gemm(
  g: Graph,
  a: Value,
  b: Value,
  c?: Value,
  { transA = false, transB = false }: GemmOptions = {},
): Value {
  const [rows, innerA] = transA ? [a.shape[1], a.shape[0]] : [a.shape[0], a.shape[1]];
  const [innerB, columns] = transB ? [b.shape[1], b.shape[0]] : [b.shape[0], b.shape[1]];
  if (a.shape.length !== 2 || b.shape.length !== 2 || innerA !== innerB) {
    throw new Error(`Gemm: [${a.shape.join(', ')}]${transA ? 'ᵀ' : ''} × [${b.shape.join(', ')}]${transB ? 'ᵀ' : ''}`);
  }
  return g.single(
    'Gemm',
    c ? [a, b, c] : [a, b],
    { type: a.type, shape: [rows as Dim, columns as Dim] },
    { transA: int(transA ? 1 : 0), transB: int(transB ? 1 : 0) },
  );
}

function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): Shape {
  return shape.flatMap((dim, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [dim]));
}

const normalise = (axes: readonly number[], rank: number) => axes.map((axis) => (axis < 0 ? axis + rank : axis));

export function reduceSum(g: Graph, x: Value, axes: readonly number[], keepDims = false): Value {
  const at = normalise(axes, x.shape.length);
  return g.single(
    'ReduceSum',
    [x, g.constant(int64(at), 'axes')],
    { type: x.type, shape: reducedShape(x.shape, at, keepDims) },
    { keepdims: int(keepDims ? 1 : 0) },
  );
}

export function reduceMean(g: Graph, x: Value, axes: readonly number[], keepDims = false): Value {
  const at = normalise(axes, x.shape.length);
  const attributes = { axes: ints(at), keepdims: int(keepDims ? 1 : 0) };
  return g.single('ReduceMean', [x], { type: x.type, shape: reducedShape(x.shape, at, keepDims) }, attributes);
}

const alongLastAxis = (opType: string) => (g: Graph, x: Value) =>
  g.single(opType, [x], { type: x.type, shape: x.shape }, { axis: int(-1) });

export const softmax = alongLastAxis('Softmax');
export const logSoftmax = alongLastAxis('LogSoftmax');

export interface LayerNormalized {
  readonly output: Value;
  /** 1 / √(variance + ε), the last axis kept as 1; float32 whatever the input's type. */
  readonly inverseDeviation: Value;
}

/** Normalises the last axis (biased variance), then scales and shifts. */
export function layerNormalization(g: Graph, x: Value, scale: Value, bias?: Value, epsilon = 1e-5): LayerNormalized {
  const one = { type: 'float32' as const, shape: [...x.shape.slice(0, -1), 1] };
  const [output, , inverseDeviation] = g.node(
    'LayerNormalization',
    bias ? [x, scale, bias] : [x, scale],
    [{ type: x.type, shape: x.shape }, one, one],
    { axis: int(-1), epsilon: { kind: 'float', value: epsilon } },
  );
  return { output: output as Value, inverseDeviation: inverseDeviation as Value };
}
