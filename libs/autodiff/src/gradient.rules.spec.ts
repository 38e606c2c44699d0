import * as op from '@perennial/onnx-graph';
import { loadModel, runGraph } from '@perennial/onnx-graph/testing';
import { gradientRules } from './gradient.rules';
import { gradients } from './gradients';

type Build = (g: op.Graph, x: op.Value[]) => op.Value;

interface Case {
  op: string;
  name: string;
  shapes: number[][];
  build: Build;
  /** Keeps inputs positive (Log, Sqrt, divisors). */
  positive?: boolean;
  /** float64 unless the runtime lacks a kernel for it. */
  type?: 'float32' | 'float64';
}

const gather: Build = (g, [table]) => op.gather(g, table!, g.constant(op.int64([2, 0, 2, 1], [2, 2])));
const cases: Case[] = [
  { op: 'Identity', name: 'same', shapes: [[2, 3]], build: (g, [x]) => op.identity(g, x!) },
  { op: 'Add', name: 'broadcast', shapes: [[2, 3], [3]], build: (g, [a, b]) => op.add(g, a!, b!) },
  { op: 'Add', name: 'the same value twice', shapes: [[2, 3]], build: (g, [a]) => op.add(g, a!, a!) },
  { op: 'Sub', name: 'broadcast', shapes: [[3], [2, 3]], build: (g, [a, b]) => op.sub(g, a!, b!) },
  {
    op: 'Mul',
    name: 'broadcast',
    shapes: [
      [2, 3],
      [2, 1],
    ],
    build: (g, [a, b]) => op.mul(g, a!, b!),
  },
  {
    op: 'Div',
    name: 'broadcast',
    shapes: [
      [2, 3],
      [2, 1],
    ],
    positive: true,
    build: (g, [a, b]) => op.div(g, a!, b!),
  },
  { op: 'Neg', name: 'negative', shapes: [[4]], build: (g, [x]) => op.neg(g, x!) },
  { op: 'Exp', name: 'exponential', shapes: [[4]], build: (g, [x]) => op.exp(g, x!) },
  { op: 'Log', name: 'logarithm', shapes: [[4]], positive: true, build: (g, [x]) => op.log(g, x!) },
  { op: 'Sqrt', name: 'root', shapes: [[4]], positive: true, build: (g, [x]) => op.sqrt(g, x!) },
  { op: 'Erf', name: 'error function', shapes: [[4]], type: 'float32', build: (g, [x]) => op.erf(g, x!) },
  { op: 'Relu', name: 'away from the kink', shapes: [[8]], build: (g, [x]) => op.relu(g, x!) },
  { op: 'Tanh', name: 'tanh', shapes: [[4]], build: (g, [x]) => op.tanh(g, x!) },
  { op: 'Sigmoid', name: 'logistic', shapes: [[4]], build: (g, [x]) => op.sigmoid(g, x!) },
  {
    op: 'Where',
    name: 'both branches, one broadcast',
    shapes: [[2, 3], [3]],
    build: (g, [a, b]) => op.where(g, op.greater(g, a!, op.scalar(g, 0, a!)), op.mul(g, a!, a!), b!),
  },
  { op: 'Softmax', name: 'last axis', shapes: [[2, 5]], build: (g, [x]) => op.softmax(g, x!) },
  { op: 'LogSoftmax', name: 'last axis', shapes: [[2, 5]], build: (g, [x]) => op.logSoftmax(g, x!) },
  { op: 'ReduceSum', name: 'middle axis', shapes: [[2, 3, 2]], build: (g, [x]) => op.reduceSum(g, x!, [1]) },
  { op: 'ReduceSum', name: 'kept dims', shapes: [[2, 3]], build: (g, [x]) => op.reduceSum(g, x!, [0, 1], true) },
  { op: 'ReduceMean', name: 'last axis', shapes: [[2, 3]], build: (g, [x]) => op.reduceMean(g, x!, [-1]) },
  { op: 'Reshape', name: 'rows to columns', shapes: [[2, 3]], build: (g, [x]) => op.reshape(g, x!, [3, 2]) },
  { op: 'Transpose', name: 'three axes', shapes: [[2, 3, 4]], build: (g, [x]) => op.transpose(g, x!, [2, 0, 1]) },
  {
    op: 'Concat',
    name: 'second axis',
    shapes: [
      [2, 3],
      [2, 2],
    ],
    build: (g, [a, b]) => op.concat(g, [a!, b!], 1),
  },
  {
    op: 'Split',
    name: 'one part unused',
    shapes: [[2, 6]],
    build: (g, [x]) => {
      const [a, , c] = op.split(g, x!, [2, 2, 2], 1);
      return op.mul(g, a!, c!);
    },
  },
  { op: 'Gather', name: 'a row read twice', shapes: [[3, 4]], build: gather },
  {
    op: 'MatMul',
    name: 'matrices',
    shapes: [
      [2, 3],
      [3, 4],
    ],
    build: (g, [a, b]) => op.matMul(g, a!, b!),
  },
  {
    op: 'MatMul',
    name: 'batches',
    shapes: [
      [2, 2, 2, 3],
      [2, 2, 3, 2],
    ],
    build: (g, [a, b]) => op.matMul(g, a!, b!),
  },
  {
    op: 'MatMul',
    name: 'broadcast batch',
    shapes: [
      [2, 2, 3],
      [3, 2],
    ],
    build: (g, [a, b]) => op.matMul(g, a!, b!),
  },
  {
    op: 'MatMul',
    name: 'operands whose first axes were swapped',
    shapes: [
      [3, 2, 4],
      [4, 2, 3],
    ],
    build: (g, [a, b]) => op.matMul(g, op.transpose(g, a!, [1, 0, 2]), op.transpose(g, b!, [1, 0, 2])),
  },
  {
    op: 'MatMul',
    name: 'operands whose last axes were swapped',
    shapes: [
      [2, 4, 3],
      [2, 5, 4],
    ],
    build: (g, [a, b]) => op.matMul(g, op.transposeLast(g, a!), op.transposeLast(g, b!)),
  },
  {
    op: 'Gemm',
    name: 'two products of one matrix',
    shapes: [
      [2, 3],
      [3, 4],
      [3, 4],
    ],
    build: (g, [x, a, b]) => op.mul(g, op.gemm(g, x!, a!), op.gemm(g, x!, b!)),
  },
  {
    op: 'Gemm',
    name: 'a matrix read beside its product',
    shapes: [
      [3, 3],
      [3, 3],
    ],
    build: (g, [x, a]) => op.add(g, op.mul(g, x!, x!), op.gemm(g, op.add(g, x!, op.gemm(g, x!, a!)), a!)),
  },
  ...[false, true].flatMap((transA) =>
    [false, true].map((transB) => ({
      op: 'Gemm',
      name: `transA ${transA}, transB ${transB}, bias`,
      shapes: [transA ? [3, 2] : [2, 3], transB ? [4, 3] : [3, 4], [4]],
      build: ((g, [a, b, c]) => op.gemm(g, a!, b!, c, { transA, transB })) as Build,
    })),
  ),
  {
    op: 'LayerNormalization',
    name: 'input, scale and bias',
    shapes: [[3, 5], [5], [5]],
    build: (g, [x, scale, bias]) => op.layerNormalization(g, x!, scale!, bias).output,
  },
  {
    op: 'LayerNormalization',
    name: 'several axes of rows',
    shapes: [[2, 3, 4], [4]],
    build: (g, [x, scale]) => op.layerNormalization(g, x!, scale!).output,
  },
];

const POINTS = 3;

describe.each(cases)('$op: $name', (testCase) => {
  it('matches central differences at several points', async () => {
    for (let point = 0; point < POINTS; point++) await checkAt(testCase, point);
  });
});

it('has a check for every rule in the table', () => {
  expect([...new Set(cases.map(({ op: name }) => name))].sort()).toEqual(Object.keys(gradientRules).sort());
});

it('leaves no node that no gradient is made of', () => {
  const g = new op.Graph('transposes');
  const [a, b] = [g.input('a', 'float32', [3, 2, 4]), g.input('b', 'float32', [2, 4, 3])];
  const y = op.matMul(g, op.transpose(g, a, [1, 0, 2]), op.transposeLast(g, op.transposeLast(g, b)));
  const found = gradients(g, y, g.input('dy', 'float32', y.shape), [a, b]);
  const read = new Set([y, ...found, ...g.nodes.flatMap(({ inputs }) => inputs)]);
  expect(g.nodes.filter(({ outputs }) => !outputs.some((output) => read.has(output)))).toEqual([]);
});

/** Loss = Σ y·w with fixed pseudo-random w, so that the seed gradient is not uniform. */
async function checkAt({ shapes, build, positive, type = 'float64' }: Case, point: number): Promise<void> {
  const tensorOf = type === 'float64' ? op.float64 : op.float32;
  const inputs = shapes.map((shape, index) => sample(op.sizeOf(shape), point * 31 + index, positive));
  const forward = (gradient: boolean) => {
    const g = new op.Graph('check');
    const x = shapes.map((shape, index) => g.input(`x${index}`, type, shape));
    const y = build(g, x);
    const shape = y.shape as number[];
    const weights = g.constant(tensorOf(sample(op.sizeOf(shape), 977 + point), shape), 'weights');
    g.output(
      'loss',
      op.reduceSum(
        g,
        op.mul(g, y, weights),
        shape.map((_, axis) => axis),
      ),
    );
    if (gradient) gradients(g, y, weights, x).forEach((value, index) => g.output(`d${index}`, value!));
    return g;
  };
  const model = op.serialiseModel(forward(false));
  const run = await session(model);
  const feeds = (values: number[][]) =>
    Object.fromEntries(values.map((value, index) => [`x${index}`, tensorOf(value, shapes[index]!)]));
  const analytic = await runGraph(forward(true), feeds(inputs));
  const step = type === 'float64' ? 1e-5 : 1e-2;
  const tolerance = type === 'float64' ? 1e-6 : 5e-4;
  for (const [index, input] of inputs.entries()) {
    for (const position of input.keys()) {
      const shifted = (delta: number) =>
        inputs.map((values, i) => (i === index ? values.map((v, p) => (p === position ? v + delta : v)) : values));
      const up = await run(feeds(shifted(step)));
      const down = await run(feeds(shifted(-step)));
      const numeric = (up - down) / (2 * step);
      const got = analytic[`d${index}`]![position]!;
      expect(Math.abs(got - numeric)).toBeLessThan(tolerance * Math.max(1, Math.abs(numeric)));
    }
  }
}

async function session(model: Uint8Array): Promise<(feeds: Record<string, op.ConstantTensor>) => Promise<number>> {
  const loaded = await loadModel(model);
  return async (feeds) => (await loaded(feeds))['loss']![0]!;
}

/** Values in ±[0.2, 1.2): no kink of Relu within a step of them. */
function sample(count: number, seed: number, positive = false): number[] {
  return Array.from({ length: count }, (_, i) => {
    const bits = Math.imul(i * 7919 + seed * 104729 + 12345, 2654435761) >>> 0;
    const size = 0.2 + ((Math.imul(bits ^ (bits >>> 15), 2246822519) >>> 0) % 100000) / 100000;
    return positive || bits & 0x10000 ? size : -size;
  });
}
