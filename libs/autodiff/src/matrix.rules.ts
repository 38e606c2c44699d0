import * as op from '@perennial/onnx-graph';
import type { GradientRule } from './gradient.rule';
import { reduceTo } from './reduce-to';
import { transposedLast, transposeOf } from './transposed';

const { mul, sub } = op;

/** da = dy·bᵀ, db = aᵀ·dy, summed over broadcast batch axes. */
export const matMulRule: GradientRule = ({ graph: g, input, needs }, dy) => {
  const [a, b] = [input(0), input(1)];
  const da = () =>
    computedTransposed(g, a)
      ? transposedLast(g, op.matMul(g, b, transposedLast(g, dy)))
      : op.matMul(g, dy, transposedLast(g, b));
  const db = () =>
    computedTransposed(g, b)
      ? transposedLast(g, op.matMul(g, transposedLast(g, dy), a))
      : op.matMul(g, transposedLast(g, a), dy);
  return [needs(0) ? reduceTo(g, da(), a.shape) : undefined, needs(1) ? reduceTo(g, db(), b.shape) : undefined];
};

/**
 * Whether the gradient of a transposed operand is better computed transposed. Transposing it back then costs nothing
 * (the operand's last two axes were swapped) or moves single numbers, which the runtime does two to four times as fast
 * as moving the short rows of a head.
 */
function computedTransposed(g: op.Graph, operand: op.Value): boolean {
  const permutation = transposeOf(g, operand)?.permutation;
  if (!permutation) return false;
  const last = permutation.length - 1;
  return (
    permutation[last] === last || permutation.every((axis, at) => axis === (at < last - 1 ? at : 2 * last - 1 - at))
  );
}

/** y = a′·b′ + c, where a′ and b′ are a and b, transposed where the node says so. */
export const gemmRule: GradientRule = ({ graph: g, node, input, needs }, dy) => {
  const transA = flag(node, 'transA');
  const transB = flag(node, 'transB');
  const a = input(0);
  const b = input(1);
  return [
    needs(0)
      ? transA
        ? op.gemm(g, b, dy, undefined, { transA: transB, transB: true })
        : op.gemm(g, dy, b, undefined, { transB: !transB })
      : undefined,
    needs(1)
      ? transB
        ? op.gemm(g, dy, a, undefined, { transA: true, transB: transA })
        : op.gemm(g, a, dy, undefined, { transA: !transA })
      : undefined,
    node.inputs[2] && needs(2) ? reduceTo(g, dy, input(2).shape) : undefined,
  ];
};

/**
 * x̂ = (x − mean)/σ, y = x̂·γ + β:
 * dx = (g − mean(g) − x̂·mean(g·x̂))/σ with g = dy·γ; dγ = Σ dy·x̂; dβ = Σ dy (Ba et al., arXiv 1607.06450).
 * A row's means are products: mean(g·x̂) = (dy·x̂)·γ1ᵀ/n and g − mean(g) = dy·γ(I − 1/n).
 */
export const layerNormalizationRule: GradientRule = ({ graph: g, node, input, needs }, dy) => {
  const x = input(0);
  const scale = input(1);
  const width = x.shape[x.shape.length - 1] as number;
  const ones = g.constant(op.filled(x.type, [1, width], 1), 'ones');
  const spread = (output: 1 | 2) => op.matMul(g, op.cast(g, node.outputs[output] as op.Value, x.type), ones);
  const inverse = spread(2);
  const normalized = mul(g, sub(g, x, spread(1)), inverse);
  const along = mul(g, dy, normalized);
  const dx = () => {
    const column = op.reshape(g, scale, [width, 1]);
    const means = mul(g, column, g.constant(op.filled(x.type, [width, width], -1 / width), 'means'));
    const shift = mul(g, normalized, op.matMul(g, along, means));
    return mul(g, inverse, productPlus(g, dy, mul(g, column, centring(g, x.type, width)), shift));
  };
  return [
    needs(0) ? dx() : undefined,
    needs(1) ? reduceTo(g, along, scale.shape) : undefined,
    node.inputs[2] && needs(2) ? reduceTo(g, dy, input(2).shape) : undefined,
  ];
};

/** Adds the gradient of each gathered row back to the row it came from. */
export const gatherRule: GradientRule = ({ graph: g, input }, dy) => {
  const table = input(0);
  const indices = input(1);
  const count = indices.shape.reduce<op.Dim>((product, dim) => op.multiplyDim(product, dim as number), 1);
  const rows = op.reshape(g, dy, [count, ...table.shape.slice(1)]);
  const at = op.reshape(g, op.cast(g, indices, 'int64'), [count, 1]);
  const zeros = g.constant(op.filled(table.type, table.shape as number[], 0), 'zeros');
  return [op.scatterAdd(g, zeros, at, rows), undefined];
};

/** Outputs that nothing reads contribute zeros. */
export const splitRule: GradientRule = ({ graph: g, node }, _, gradients) => {
  const axis = node.attributes['axis']?.value as number;
  const parts = node.outputs.map(
    (output, index) => gradients[index] ?? g.constant(op.filled(output.type, output.shape as number[], 0), 'zeros'),
  );
  return [op.concat(g, parts, axis)];
};

/** a·b + c, in one pass where a is a matrix. */
const productPlus = (g: op.Graph, a: op.Value, b: op.Value, c: op.Value): op.Value =>
  a.shape.length === 2 ? op.gemm(g, a, b, c) : op.add(g, op.matMul(g, a, b), c);

/** I − 1/size: takes from each row its mean. */
function centring(g: op.Graph, type: op.ElementType, size: number): op.Value {
  const { data, ...matrix } = op.filled(type, [size, size], -1 / size);
  const withDiagonal = (data as Float32Array).map((value, at) => (at % (size + 1) === 0 ? 1 + value : value));
  return g.constant({ ...matrix, data: withDiagonal }, 'centring');
}

const flag = (node: op.Node, name: string): boolean => node.attributes[name]?.value === 1;
