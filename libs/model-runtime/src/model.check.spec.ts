import fc from 'fast-check';
import { checkModel } from './model.check';
import { MODEL_LIMITS } from './model.limits';
import { ModelRuntimeError } from './model-runtime.errors';
import { creditModel } from './testing/credit.fixture';
import {
  content,
  entry,
  floats,
  graph,
  INT64,
  integer,
  ints,
  model,
  type NodeBytes,
  STRING,
  tensor,
} from './testing/onnx.bytes';

const node = (op: string, inputs: string[], outputs: string[], more: Partial<NodeBytes> = {}): NodeBytes => ({
  ...{ op, inputs, outputs },
  ...more,
});
const answer = node('Sigmoid', ['a'], ['probability']);
const withWeights = (...initializers: Uint8Array[]) => model({ nodes: [answer], initializers });

const refusal = (bytes: Uint8Array): unknown => {
  try {
    return checkModel(bytes);
  } catch (error) {
    return error;
  }
};
const refused = (field: string, value: unknown, rule: string) =>
  expect.objectContaining({
    code: 'MODEL_UNLOADABLE',
    retryable: false,
    details: { field: expect.stringContaining(field), value, rule: expect.stringContaining(rule) },
  });

it('lets an artifact through, and a small model of every kind of tensor', () => {
  expect(refusal(creditModel)).toBeUndefined();
  const typed = Buffer.concat([integer(1, 2), integer(2, INT64), content(7, Buffer.from([1, 0xff, 0x01]))]);
  const texts = Buffer.concat([integer(1, 2), integer(2, STRING), content(6, 'x'), content(6, '')]);
  const packedDims = Buffer.concat([content(1, Buffer.from([2, 1])), integer(2, 1), content(9, Buffer.alloc(8))]);
  const fourBits = tensor({ dims: [3], type: 22, raw: new Uint8Array(2) });
  expect(refusal(withWeights(floats('w', [1, 2, 3, 4], [2, 2]), typed, texts, packedDims, fourBits))).toBeUndefined();
  expect(refusal(withWeights(tensor({ dims: [0], raw: new Uint8Array(0) }), tensor({ dims: [0] })))).toBeUndefined();
});

describe('tensors', () => {
  it.each(['../../../etc/passwd', '/etc/passwd', 'weights.bin', '*/_ORT_MEM_ADDR_/*'])(
    'may not lie in another file: %s',
    (location) => {
      const outside = tensor({ name: 'w', dims: [4], external: [['location', location]] });
      const expected = refused('initializer w: data_location', location, 'must be the file itself');
      expect(refusal(withWeights(outside))).toEqual(expected);
      const constant = node('Constant', [], ['c'], { attributes: { value: { field: 5, bytes: outside } } });
      expect(refusal(model({ nodes: [constant, answer] }))).toEqual(
        refused('node c (Constant): attribute value w: data_location', location, 'must be the file itself'),
      );
      const within = graph({ initializers: [outside] });
      const branch = node('If', ['a'], ['b'], { attributes: { then_branch: { field: 6, bytes: within } } });
      expect(refusal(model({ nodes: [branch, answer] }))).toEqual(expected);
    },
  );

  it('may not lie in another file by one of the two marks alone', () => {
    const bytes = floats('w', [1]);
    const marks = [integer(14, 1), content(13, entry(['location', 'x']))];
    for (const mark of marks) {
      expect(refusal(withWeights(Buffer.concat([bytes, mark])))).toEqual(
        refused('data_location', expect.any(String), 'must be the file itself'),
      );
    }
  });

  it.each([
    ['more than their data hold', [10_000_000_000], '[10000000000]'],
    ['a negative size', [-1], '[negative]'],
    ['two negative sizes whose product fits', [-1, -1], '[negative, negative]'],
    ['a size whose product overflows', [2n ** 32n, 2n ** 32n], '[4294967296, 4294967296]'],
    ['less than their data hold', [0], '[0]'],
  ])('may not announce %s', (_, dims, shown) => {
    const expected = refused('initializer w: dims', shown, 'must be those of its data, 4 bytes');
    expect(refusal(withWeights(tensor({ name: 'w', dims, raw: new Uint8Array(4) })))).toEqual(expected);
  });

  it('may not announce what is not there at all, in text neither', () => {
    const rule = 'must be those of its data, 0 numbers or strings';
    expect(refusal(withWeights(tensor({ name: 'w', dims: [500_000_000] })))).toEqual(
      refused('dims', '[500000000]', rule),
    );
    expect(refusal(withWeights(tensor({ name: 'w', type: STRING, dims: [9] })))).toEqual(refused('dims', '[9]', rule));
  });

  it('are of a known type, dense, and of few dimensions', () => {
    const unknown = tensor({ name: 'w', type: 99, raw: new Uint8Array(4) });
    expect(refusal(withWeights(unknown))).toEqual(refused('data_type', 99, 'type of ONNX'));
    const long = tensor({ name: 'w', dims: new Array(200_000).fill(1), raw: new Uint8Array(4) });
    expect(refusal(withWeights(long))).toEqual(refused('dims', 'longer', 'at most 64'));
    const graphOf = content(7, Buffer.concat([graph({ nodes: [answer] }), content(15, '')]));
    expect(refusal(graphOf)).toEqual(refused('initializer', 'sparse', 'dense'));
  });
});

describe('graphs', () => {
  const nested = (depth: number): Buffer =>
    Array.from({ length: depth }).reduce<Buffer>(
      (within) =>
        graph({ nodes: [node('If', ['a'], ['x'], { attributes: { then_branch: { field: 6, bytes: within } } })] }),
      graph({ nodes: [node('Identity', ['a'], ['x'])] }),
    );
  const holding = (bytes: Uint8Array) =>
    model({ nodes: [node('If', ['a'], ['y'], { attributes: { then_branch: { field: 6, bytes } } }), answer] });

  it('lie in one another a few deep, not a thousand', () => {
    expect(refusal(holding(nested(7)))).toBeUndefined();
    for (const depth of [8, 1_000])
      expect(refusal(holding(nested(depth)))).toEqual(refused('graph', 9, 'at most 8 deep'));
  });

  it('have a bounded number of nodes, those within counted', () => {
    const many = (count: number) => Array.from({ length: count }, (_, n) => node('Relu', ['a'], [`x${n}`]));
    const half = MODEL_LIMITS.nodes / 2;
    const body = { attributes: { then_branch: { field: 6 as const, bytes: graph({ nodes: many(half) }) } } };
    const both = model({ nodes: [...many(half), node('If', ['a'], ['y'], body)] });
    expect(refusal(both)).toEqual(refused('graph', MODEL_LIMITS.nodes + 1, 'at most 50000 nodes'));
  });

  it('are there once, and so are the graph and the tensor of an attribute', () => {
    expect(refusal(content(14, entry(['a', 'b'])))).toEqual(refused('graph', 0, 'once'));
    expect(refusal(Buffer.concat([creditModel, content(7, graph({}))]))).toEqual(refused('graph', 2, 'once'));
    const [first, second] = [tensor({ dims: [1_000_000] }), floats('', [1])];
    const twice = Buffer.concat([content(1, 'value'), content(5, second), content(5, second)]);
    const constant = Buffer.concat([content(2, 'c'), content(4, 'Constant'), content(5, twice)]);
    expect(refusal(content(7, content(1, constant)))).toEqual(refused('attribute value', 2, 'one value'));
    expect(refusal(withWeights(first))).toEqual(refused('dims', '[1000000]', 'its data'));
  });

  it('are made of standard operators', () => {
    const custom = model({ nodes: [node('Evil', ['a'], ['probability'], { domain: 'com.evil' })] });
    expect(refusal(custom)).toEqual(refused('node probability (Evil): domain', 'com.evil', 'standard operators'));
    expect(refusal(model({ nodes: [answer], extra: content(25, '') }))).toEqual(
      refused('functions', 'present', 'nodes'),
    );
  });

  it('take values that are there already, so none goes in a circle', () => {
    const circle = model({ nodes: [node('Add', ['a', 'q'], ['r']), node('Identity', ['r'], ['q'])] });
    expect(refusal(circle)).toEqual(refused('node r (Add): input', 'q', 'by an earlier node'));
  });

  it('end', () => {
    const bytes = graph({ nodes: [node('Identity', ['a'], ['x'])] });
    const endless = model({
      nodes: [node('Loop', ['', '', 'a'], ['probability'], { attributes: { body: { field: 6, bytes } } })],
    });
    expect(refusal(endless)).toEqual(refused('node probability (Loop): op_type', 'Loop', 'sure to end'));
  });

  const sized = (size: string, ...nodes: NodeBytes[]) =>
    model({ nodes: [...nodes, node('ConstantOfShape', [size], ['x']), answer], initializers: [ints('ten', [10])] });

  it('make nothing as large as a cell of a row says, however it comes there', () => {
    const cast = node('Cast', ['a'], ['n'], { attributes: { to: INT64 } });
    expect(refusal(sized('n', cast))).toEqual(refused('node x (ConstantOfShape): input', 'n', 'values of a row'));
    const bytes = graph({ nodes: [node('Identity', ['n'], ['m'])] });
    const branch = node('If', ['ten'], ['m'], { attributes: { then_branch: { field: 6, bytes } } });
    expect(refusal(sized('m', cast, branch))).toEqual(refused('(ConstantOfShape): input', 'm', 'values of a row'));
    const range = node('Range', ['ten', 'a', 'ten'], ['r']);
    expect(refusal(model({ nodes: [range], initializers: [ints('ten', [10])] }))).toEqual(
      refused('node r (Range): input', 'a', 'values of a row'),
    );
  });

  it('may make what is as large as the rows are many, or as a number in the file', () => {
    expect(refusal(sized('s', node('Shape', ['a'], ['s'])))).toBeUndefined();
    expect(refusal(sized('s', node('Identity', ['ten'], ['s'])))).toBeUndefined();
  });
});

describe('the file', () => {
  it('is not too large', () => {
    const large = new Uint8Array(MODEL_LIMITS.bytes + 1);
    expect(refusal(large)).toEqual(refused('file', large.byteLength, `at most ${MODEL_LIMITS.bytes} bytes`));
  });

  it('is refused by a typed error wherever it ends early', () => {
    for (let length = 0; length < creditModel.byteLength; length += 1) {
      const outcome = refusal(creditModel.subarray(0, length));
      // Cut between two fields of the file itself, it may still be a model.
      if (outcome !== undefined) expect(outcome).toMatchObject({ code: 'MODEL_UNLOADABLE', retryable: false });
    }
    const within = creditModel.subarray(0, Buffer.from(creditModel).indexOf('Sigmoid'));
    expect(refusal(within)).toMatchObject({ message: 'Not an ONNX file: the file ends within a field' });
  });

  it('is let through or refused by a typed error, whatever is changed in it', () => {
    const change = fc.tuple(fc.nat(creditModel.byteLength - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        const bytes = Buffer.from(creditModel);
        for (const [at, byte] of changes) bytes[at] = byte;
        const outcome = refusal(bytes);
        return outcome === undefined || outcome instanceof ModelRuntimeError;
      }),
      { numRuns: 2_000 },
    );
  });
});
