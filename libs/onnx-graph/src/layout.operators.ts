import type { Attribute, Graph, Value } from './graph';
import { type Dim, type ElementType, filled, int64, type Shape } from './tensor';

const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);
export const int = (value: number): Attribute => ({ kind: 'int', value });
export const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value });

/** At most one dim may be named (it becomes -1). Returns `x` itself when nothing changes. */
export function reshape(g: Graph, x: Value, shape: Shape): Value {
  if (x.shape.length === shape.length && shape.every((dim, axis) => dim === x.shape[axis])) return x;
  if (shape.filter((dim) => typeof dim === 'string').length > 1) {
    throw new Error(`Reshape: more than one open dimension in [${shape.join(', ')}]`);
  }
  const target = g.constant(int64(shape.map((dim) => (typeof dim === 'string' ? -1 : dim))), 'shape');
  return g.single('Reshape', [x, target], { type: x.type, shape });
}

export function transpose(g: Graph, x: Value, permutation: readonly number[]): Value {
  const shape = permutation.map((axis) => x.shape[axis] as Dim);
  return g.single('Transpose', [x], { type: x.type, shape }, { perm: ints(permutation) });
}

/** Swaps the last two axes. */
export function transposeLast(g: Graph, x: Value): Value {
  const rank = x.shape.length;
  const permutation = Array.from({ length: rank }, (_, axis) => axis);
  return transpose(g, x, [...permutation.slice(0, rank - 2), rank - 1, rank - 2]);
}

export function concat(g: Graph, parts: readonly Value[], axis: number): Value {
  const first = parts[0];
  if (!first) throw new Error('Concat needs at least one part');
  if (parts.length === 1) return first;
  const at = axisOf(axis, first.shape.length);
  const sizes = parts.map((part) => part.shape[at]);
  if (!sizes.every((size) => typeof size === 'number'))
    throw new Error('Concat: the joined axis must have fixed sizes');
  const total = (sizes as number[]).reduce((sum, size) => sum + size, 0);
  const shape = first.shape.map((dim, index) => (index === at ? total : dim));
  return g.single('Concat', parts, { type: first.type, shape }, { axis: int(at) });
}

export function split(g: Graph, x: Value, sizes: readonly number[], axis: number): Value[] {
  const at = axisOf(axis, x.shape.length);
  const outputs = sizes.map((size) => ({ type: x.type, shape: x.shape.map((dim, i) => (i === at ? size : dim)) }));
  return g.node('Split', [x, g.constant(int64(sizes), 'sizes')], outputs, { axis: int(at) });
}

/** Rows of `table` (axis 0) at `indices`: shape indices.shape + table.shape[1..]. */
export function gather(g: Graph, table: Value, indices: Value): Value {
  return g.single(
    'Gather',
    [table, indices],
    { type: table.type, shape: [...indices.shape, ...table.shape.slice(1)] },
    { axis: int(0) },
  );
}

/** `target` with `updates` added at rows `indices` [n, 1]; rows named twice add twice. */
export function scatterAdd(g: Graph, target: Value, indices: Value, updates: Value): Value {
  return g.single(
    'ScatterND',
    [target, indices, updates],
    { type: target.type, shape: target.shape },
    { reduction: { kind: 'string', value: 'add' } },
  );
}

/** Zeros in the shape of `x`, which may have an open dimension. */
export function zerosLike(g: Graph, x: Value, type: ElementType): Value {
  const { shape } = x;
  if (shape.every((dim) => typeof dim === 'number')) return g.constant(filled(type, shape as number[], 0), 'zeros');
  const sizes = g.single('Shape', [x], { type: 'int64', shape: [shape.length] });
  return g.single(
    'ConstantOfShape',
    [sizes],
    { type, shape },
    { value: { kind: 'tensor', value: filled(type, [1], 0) } },
  );
}
