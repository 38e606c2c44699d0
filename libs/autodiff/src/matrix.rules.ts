import * as op from '@perennial/onnx-graph';
import type { GradientRule } from './gradient.rule';
import { reduceTo, rowSums } from './reduce-to';

const { mul, sub } = op;

/** da = dy·bᵀ, db = aᵀ·dy, summed over broadcast batch axes. */
export const matMulRule: GradientRule = ({ graph: g, input, needs }, dy) => [
  needs(0) ? reduceTo(g, op.matMul(g, dy, op.transposeLast(g, input(1))), input(0).shape) : undefined,
  needs(1) ? reduceTo(g, op.matMul(g, op.transposeLast(g, input(0)), dy), input(1).shape) : undefined,
];

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
 */
export const layerNormalizationRule: GradientRule = ({ graph: g, node, input, needs }, dy) => {
  const x = input(0);
  const scale = input(1);
  const width = x.shape[x.shape.length - 1] as number;
  const epsilon = node.attributes['epsilon']?.value as number;
  const ones = g.constant(op.filled(x.type, [width], 1), 'ones');
  const normalized = op.layerNormalization(g, x, ones, undefined, epsilon).output;
  const dx = () => {
    const inverse = op.cast(g, node.outputs[2] as op.Value, x.type);
    const spread = op.matMul(g, inverse, g.constant(op.filled(x.type, [1, width], 1), 'ones'));
    const scaled = mul(g, dy, scale);
    const centred = sub(g, scaled, rowSums(g, scaled, width));
    return mul(g, spread, sub(g, centred, mul(g, normalized, rowSums(g, mul(g, scaled, normalized), width))));
  };
  return [
    needs(0) ? dx() : undefined,
    needs(1) ? reduceTo(g, mul(g, dy, normalized), scale.shape) : undefined,
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

const flag = (node: op.Node, name: string): boolean => node.attributes[name]?.value === 1;
