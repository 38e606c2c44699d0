import * as op from './index';
import { serialiseModel } from './model.serialise';
import { loadModel, metadataOf, runGraph } from './testing/index';

const row = (g: op.Graph, name: string) => g.input(name, 'float32', ['batch', 3]);

describe('a serialised graph', () => {
  it('runs with any number of rows', async () => {
    const g = new op.Graph('sum');
    g.output('y', op.reshape(g, op.reduceSum(g, op.add(g, row(g, 'a'), row(g, 'b')), [1]), ['batch', 1]));
    const run = await loadModel(serialiseModel(g));
    const ones = (rows: number) => op.float32(new Float32Array(rows * 3).fill(1), [rows, 3]);
    expect((await run({ a: ones(1), b: ones(1) }))['y']).toEqual([6]);
    expect((await run({ a: ones(2), b: ones(2) }))['y']).toEqual([6, 6]);
  });

  it('keeps metadata and is the same bytes each time', () => {
    const build = () => {
      const g = new op.Graph('copy');
      g.output('y', row(g, 'x'));
      return serialiseModel(g, { 'perennial.pipeline': 'crédit' });
    };
    expect(metadataOf(build())).toEqual({ 'perennial.pipeline': 'crédit' });
    expect(build()).toEqual(build());
  });

  it('maps strings through a label encoder, unknown ones to 0', async () => {
    const g = new op.Graph('codes');
    const x = g.input('x', 'string', ['batch', 1]);
    g.output('code', op.labelEncoder(g, x, ['été', 'b'], [1, 2], 0));
    const data = ['b', 'z', '', 'été'];
    expect((await runGraph(g, { x: { type: 'string', shape: [4, 1], data } }))['code']).toEqual([2, 0, 0, 1]);
  });
});

it('scans a body over steps, carrying its state', async () => {
  const g = new op.Graph('cumulative');
  const total = g.input('total', 'float32', [2]);
  const xs = g.input('xs', 'float32', ['steps', 2]);
  const body = g.subgraph('body');
  const sum = op.add(body, body.input('before', 'float32', [2]), body.input('x', 'float32', [2]));
  body.outputInPlace(sum);
  body.outputInPlace(sum);
  const result = op.scan(g, body, [total], [xs]);
  g.output('last', result.states[0]!);
  g.output('all', result.sequences[0]!);
  const feeds = { total: op.float32([1, 1]), xs: op.float32([1, 2, 3, 4, 5, 6], [3, 2]) };
  expect(await runGraph(g, feeds)).toEqual({ last: [10, 13], all: [2, 3, 5, 7, 10, 13] });
});

describe('constants', () => {
  it('are shared when short or uniform, and kept apart otherwise', () => {
    const g = new op.Graph('constants');
    const long = Array.from({ length: 20 }, (_, index) => index);
    expect(g.constant(op.float32([1, 2]))).toBe(g.constant(op.float32([1, 2])));
    expect(g.constant(op.filled('float32', [20], 1))).toBe(g.constant(op.filled('float32', [20], 1)));
    expect(g.constant(op.filled('float32', [20], 1))).not.toBe(g.constant(op.filled('float32', [20], 2)));
    expect(g.constant(op.float32([0]))).not.toBe(g.constant(op.float32([-0])));
    expect(g.constant(op.float32([1, 2]))).not.toBe(g.constant(op.float32([1, 2], [2, 1])));
    expect(g.constant(op.float32(long))).not.toBe(g.constant(op.float32(long)));
  });

  it('must fill their shape', () => {
    expect(() => new op.Graph('g').constant(op.float32([1, 2, 3], [2, 2]))).toThrow(/3 elements do not fill \[2, 2\]/);
  });
});

describe('shape errors', () => {
  const g = new op.Graph('shapes');
  const [a, b] = [g.input('a', 'float32', [2, 3]), g.input('b', 'float32', [4, 5])];

  it.each([
    ['an elementwise mismatch', () => op.add(g, a, b), /cannot broadcast \[2, 3\] with \[4, 5\]/],
    ['a product mismatch', () => op.matMul(g, a, b), /MatMul: \[2, 3\] × \[4, 5\]/],
    ['a Gemm mismatch', () => op.gemm(g, a, b, undefined, { transB: true }), /Gemm: \[2, 3\] × \[4, 5\]ᵀ/],
    ['mixed types', () => op.add(g, a, op.cast(g, a, 'float64')), /is float32 but/],
    ['two open dims', () => op.reshape(g, a, ['n', 'm']), /more than one open dimension/],
    ['a name taken twice', () => g.input('a', 'float32', [1]), /the name a is taken/],
  ])('%s is refused with the shapes', (_, build, message) => {
    expect(build).toThrow(message);
  });
});
