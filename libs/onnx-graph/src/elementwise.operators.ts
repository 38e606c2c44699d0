import { broadcastShape } from './broadcast';
import type { Graph, Value } from './graph';
import { dataTypeCode, type ElementType, filled } from './tensor';

/** A scalar constant of the same type as `like`. */
export function scalar(g: Graph, value: number, like: Value): Value {
  return g.constant(filled(like.type, [], value));
}

function sameType(opType: string, a: Value, b: Value): ElementType {
  if (a.type !== b.type) throw new Error(`${opType}: ${a.name} is ${a.type} but ${b.name} is ${b.type}`);
  return a.type;
}

const arithmetic = (opType: string) => (g: Graph, a: Value, b: Value) =>
  g.single(opType, [a, b], { type: sameType(opType, a, b), shape: broadcastShape(a.shape, b.shape) });

const comparison = (opType: string) => (g: Graph, a: Value, b: Value) => {
  sameType(opType, a, b);
  return g.single(opType, [a, b], { type: 'bool', shape: broadcastShape(a.shape, b.shape) });
};

const unary = (opType: string) => (g: Graph, x: Value) => g.single(opType, [x], { type: x.type, shape: x.shape });

export const add = arithmetic('Add');
export const sub = arithmetic('Sub');
export const mul = arithmetic('Mul');
export const div = arithmetic('Div');
export const minimum = arithmetic('Min');
export const maximum = arithmetic('Max');
export const greater = comparison('Greater');
export const less = comparison('Less');
export const equal = comparison('Equal');
export const neg = unary('Neg');
export const exp = unary('Exp');
export const log = unary('Log');
export const sqrt = unary('Sqrt');
export const erf = unary('Erf');
export const relu = unary('Relu');
export const tanh = unary('Tanh');
export const sigmoid = unary('Sigmoid');
export const floor = unary('Floor');
export const identity = unary('Identity');

export function isNaN(g: Graph, x: Value): Value {
  return g.single('IsNaN', [x], { type: 'bool', shape: x.shape });
}

/** `condition ? a : b`, elementwise with broadcasting. */
export function where(g: Graph, condition: Value, a: Value, b: Value): Value {
  const shape = broadcastShape(condition.shape, broadcastShape(a.shape, b.shape));
  return g.single('Where', [condition, a, b], { type: sameType('Where', a, b), shape });
}

export function cast(g: Graph, x: Value, type: ElementType): Value {
  if (x.type === type) return x;
  return g.single('Cast', [x], { type, shape: x.shape }, { to: { kind: 'int', value: dataTypeCode[type] } });
}

export function clip(g: Graph, x: Value, minimum: number, maximum: number): Value {
  return g.single('Clip', [x, scalar(g, minimum, x), scalar(g, maximum, x)], { type: x.type, shape: x.shape });
}

/** uint8 → float32: `x · scale`. */
export function dequantizeLinear(g: Graph, x: Value, scale: number): Value {
  const factor = g.constant(filled('float32', [], scale));
  return g.single('DequantizeLinear', [x, factor], { type: 'float32', shape: x.shape });
}

/** Strings → int64 by a closed vocabulary; what is not in it becomes `unknown` (ai.onnx.ml LabelEncoder). */
export function labelEncoder(
  g: Graph,
  x: Value,
  keys: readonly string[],
  values: readonly number[],
  unknown: number,
): Value {
  return g.single(
    'LabelEncoder',
    [x],
    { type: 'int64', shape: x.shape },
    {
      keys_strings: { kind: 'strings', value: keys },
      values_int64s: { kind: 'ints', value: values },
      default_int64: { kind: 'int', value: unknown },
    },
    'ai.onnx.ml',
  );
}
