import { InferenceSession, Tensor } from 'onnxruntime-node';
import fc from 'fast-check';
import { adaptClassifier } from './classifier.adapter';
import { columnValue, node, type NodeDescription, opsetImport } from './node.writer';
import { FLOAT, GRAPH, INT64, MODEL, STRING } from './onnx.fields';
import { type PackedInputs, packInputs, type PackedTensor } from './packed.inputs';
import { concatenate, content, integer } from './protobuf.writer';
import { requestFor, submittedFile, submittedFiles } from './testing/submitted.files';

type Row = Readonly<Record<string, number | string>>;

const open = (model: Uint8Array) =>
  InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 });

const texts = (rows: readonly Row[], name: string) =>
  new Tensor(
    'string',
    rows.map((row) => row[name] as string),
    [rows.length, 1],
  );

/** As the graph was written: a tensor for each column. */
const columnFeeds = (rows: readonly Row[], numeric: readonly string[], strings: readonly string[]) =>
  Object.fromEntries([
    ...strings.map((name) => [name, texts(rows, name)] as const),
    ...numeric.map((name) => {
      const values = Float32Array.from(rows, (row) => row[name] as number);
      return [name, new Tensor('float32', values, [rows.length, 1])] as const;
    }),
  ]);

/** As PackedInputs documents it. */
function packedFeeds(rows: readonly Row[], packed: PackedInputs) {
  const cells = ({ inputs, coded }: PackedTensor) =>
    rows.flatMap((row) => [
      ...inputs.map((name) => row[name] as number),
      ...coded.map(({ input, codes, other }) => codes.get(row[input] as string) ?? other),
    ]);
  const feeds: Record<string, Tensor> = Object.fromEntries(packed.texts.map((name) => [name, texts(rows, name)]));
  const [numbers, codes] = [cells(packed.numbers), cells(packed.codes)];
  const shapeOf = (values: readonly number[]) => [rows.length, values.length / rows.length];
  if (numbers.length > 0) feeds[packed.numbers.name] = new Tensor('float32', numbers, shapeOf(numbers));
  if (codes.length > 0) feeds[packed.codes.name] = new Tensor('int32', codes, shapeOf(codes));
  return feeds;
}

/** The graph and the same one packed, on any rows of its columns. */
async function expectSame(
  model: Uint8Array,
  numeric: readonly string[],
  strings: readonly string[],
  anyText: fc.Arbitrary<string>,
): Promise<PackedInputs> {
  const packed = packInputs(model, numeric, strings);
  const [before, after] = await Promise.all([open(model), open(packed.model)]);
  expect(after.outputNames).toEqual(before.outputNames);
  const anyRow = fc.record({
    ...Object.fromEntries(numeric.map((name) => [name, fc.oneof(fc.constant(NaN), fc.float({ min: -9, max: 9 }))])),
    ...Object.fromEntries(strings.map((name) => [name, anyText])),
  }) as fc.Arbitrary<Row>;
  const dataOf = async (session: InferenceSession, feeds: Record<string, Tensor>) => {
    const answers = await session.run(feeds);
    return session.outputNames.map((name) => answers[name]?.data);
  };
  const property = fc.asyncProperty(fc.array(anyRow, { minLength: 1, maxLength: 9 }), async (rows) => {
    const expected = await dataOf(before, columnFeeds(rows, numeric, strings));
    expect(await dataOf(after, packedFeeds(rows, packed))).toEqual(expected);
  });
  await fc.assert(property, { numRuns: 50 });
  return packed;
}

const KEYS = ['', 'a', 'b', 'ä', '\ufeffa', 'long '.repeat(30)];
/** Without NUL, at which the runtime's binding ends a text that it hands over. */
const anyText = fc.oneof(
  fc.constantFrom(...KEYS, '\ud800', '\ufffd', 'A'),
  fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
);

const INTEGERS = { keys_strings: { strings: KEYS }, values_int64s: { integers: [0, 5, 2, 2, 7, 1] } };
const FLOATS = { keys_strings: { strings: KEYS }, values_floats: { floats: [0.5, 1, -2, 3, NaN, 9] } };
const encoder = (input: string, output: string, attributes: NodeDescription['attributes']): NodeDescription => ({
  ...{ op: 'LabelEncoder', domain: 'ai.onnx.ml', inputs: [input], outputs: [output], attributes },
});
const identity = (input: string, output: string): NodeDescription => ({
  ...{ op: 'Identity', inputs: [input], outputs: [output] },
});

interface Written {
  inputs: Readonly<Record<string, number>>;
  nodes: readonly NodeDescription[];
  outputs: Readonly<Record<string, number>>;
  opsets?: Readonly<Record<string, number>>;
}

const written = ({ inputs, nodes, outputs, opsets = { '': 13, 'ai.onnx.ml': 2 } }: Written): Uint8Array =>
  concatenate([
    integer(MODEL.irVersion, 8),
    content(MODEL.graph, [
      ...nodes.map((description) => content(GRAPH.node, node(description))),
      content(GRAPH.name, 'written'),
      ...Object.entries(inputs).map(([name, type]) => content(GRAPH.input, columnValue(name, type))),
      ...Object.entries(outputs).map(([name, type]) => content(GRAPH.output, columnValue(name, type))),
    ]),
    ...Object.entries(opsets).map(opsetImport),
  ]);

describe('a packed graph', () => {
  it.each(submittedFiles)('answers as the submitted one: %s', async (name) => {
    const { artifact, inputs } = adaptClassifier(submittedFile(name), requestFor[name]);
    const named = (isText: boolean) => inputs.filter(({ type }) => (type === 'string') === isText).map((i) => i.name);
    const values = fc.constantFrom('1', '2', 'north', 'west', '', 'elsewhere');
    await expectSame(artifact, named(false), named(true), values);
  });

  it('answers as one with graphs within it', async () => {
    const request = { ...requestFor['sklearn-columns'], order: null };
    const { artifact, inputs } = adaptClassifier(submittedFile('branches'), request);
    const named = (isText: boolean) => inputs.filter(({ type }) => (type === 'string') === isText).map((i) => i.name);
    await expectSame(artifact, named(false), named(true), fc.constantFrom('1', '2', 'north'));
  });

  // 13: Split with equal parts; 18: told how many; 9: before sizes became an input. Without '': none of its operators.
  it.each<Record<string, number>>([{ '': 9 }, { '': 13 }, { '': 18 }, { '': 21 }, {}])(
    'codes any text as its encoders do, %j',
    async (opsets) => {
      const packed = await expectSame(
        written({
          inputs: { s: STRING, t: STRING, x: FLOAT },
          nodes: [
            encoder('s', 'code', INTEGERS),
            encoder('s', 'number', { ...FLOATS, default_float: { float: -4 } }),
            encoder('t', 'other', { ...INTEGERS, default_int64: { integer: 9 } }),
          ],
          outputs: { code: INT64, number: FLOAT, other: INT64, x: FLOAT },
          opsets: { ...opsets, 'ai.onnx.ml': 2 },
        }),
        ['x'],
        ['s', 't'],
        anyText,
      );
      expect([packed.numbers.coded.length, packed.codes.coded.length, packed.texts]).toEqual([1, 2, []]);
    },
  );

  it.each<[string, Pick<Written, 'nodes' | 'outputs'> & Partial<Written>]>([
    [
      'another node reads',
      { nodes: [encoder('s', 'code', INTEGERS), identity('s', 'same')], outputs: { code: INT64, same: STRING } },
    ],
    ['is an output itself', { nodes: [encoder('s', 'code', INTEGERS)], outputs: { code: INT64, s: STRING } }],
    [
      'is encoded twice by one key',
      {
        nodes: [encoder('s', 'code', { ...INTEGERS, keys_strings: { strings: [...KEYS.slice(1), 'a'] } })],
        outputs: { code: INT64 },
      },
    ],
    [
      'has a key that may be no text',
      {
        nodes: [encoder('s', 'code', { ...INTEGERS, keys_strings: { strings: [...KEYS.slice(1), '\ufffd'] } })],
        outputs: { code: INT64 },
      },
    ],
    [
      'becomes a number beyond 32 bits',
      { nodes: [encoder('s', 'code', { ...INTEGERS, default_int64: { integer: 2 ** 31 } })], outputs: { code: INT64 } },
    ],
    ['nothing reads', { nodes: [identity('x', 'y')], outputs: { y: FLOAT } }],
  ])('takes a text as it is that %s', async (_, graph) => {
    const model = written({ inputs: { s: STRING, x: FLOAT }, ...graph });
    const packed = await expectSame(model, ['x'], ['s'], anyText);
    expect(packed.texts).toEqual(['s']);
  });

  it('takes names that a graph has already', async () => {
    const nodes = [identity('packed/numbers', 'x'), encoder('packed/codes', 'code', INTEGERS)];
    const inputs = { 'packed/numbers': FLOAT, 'packed/codes': STRING };
    const model = written({ inputs, nodes, outputs: { x: FLOAT, code: INT64 } });
    const packed = await expectSame(model, ['packed/numbers'], ['packed/codes'], anyText);
    expect(packed.texts).toEqual([]);
  });
});
