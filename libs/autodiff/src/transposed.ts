import { type Graph, type Node, transpose, type Value } from '@perennial/onnx-graph';

/** `x` with its axes permuted; of a value that is itself a transpose, one transpose of what that came from, or none. */
export function transposed(g: Graph, x: Value, permutation: readonly number[]): Value {
  const before = transposeOf(g, x);
  if (!before) return transpose(g, x, permutation);
  const both = permutation.map((axis) => before.permutation[axis] as number);
  return both.every((axis, index) => axis === index) ? before.source : transpose(g, before.source, both);
}

/** Swaps the last two axes. */
export function transposedLast(g: Graph, x: Value): Value {
  return transposed(g, x, swapOfLast(x.shape.length));
}

export function permutationOf({ attributes }: Node): readonly number[] {
  const permutation = attributes['perm'];
  if (permutation?.kind !== 'ints') throw new Error('Transpose has no attribute perm');
  return permutation.value;
}

/** What `x` is a transpose of. */
export function transposeOf(g: Graph, x: Value): { source: Value; permutation: readonly number[] } | undefined {
  const node = g.nodes.findLast(({ outputs }) => outputs[0] === x);
  return node?.opType === 'Transpose'
    ? { source: node.inputs[0] as Value, permutation: permutationOf(node) }
    : undefined;
}

const swapOfLast = (rank: number): number[] => [...Array(rank - 2).keys(), rank - 1, rank - 2];
