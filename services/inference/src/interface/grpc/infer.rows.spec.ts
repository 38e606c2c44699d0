import type { InputColumn } from '../../domain/prediction.request';
import type { InferRequest, InferTensor } from './infer.messages';
import { inferResponse } from './infer.outputs';
import { inferRows } from './infer.rows';

const columns: InputColumn[] = [
  { name: 'age', type: 'integer' },
  { name: 'sex', type: 'string' },
  { name: 'owner', type: 'boolean' },
];
const age: InferTensor = { name: 'age', datatype: 'FP32', shape: [2, 1], contents: { fp32_contents: [30, NaN] } };
const sex: InferTensor = {
  name: 'sex',
  datatype: 'BYTES',
  shape: [2],
  contents: { bytes_contents: [Buffer.from('1'), Buffer.from('zwölf')] },
};
const owner: InferTensor = { name: 'owner', datatype: 'INT32', shape: [2, 1], contents: { int_contents: [1, 0] } };
const request = (changes: Partial<InferRequest>): InferRequest => ({
  model_name: '',
  model_version: '',
  id: 'q-1',
  inputs: [age, sex, owner],
  outputs: [],
  raw_input_contents: [],
  ...changes,
});

const rows = [
  { age: 30, sex: '1', owner: true },
  { age: null, sex: 'zwölf', owner: false },
];

const raw = () => {
  const floats = Buffer.alloc(8);
  floats.writeFloatLE(30, 0);
  floats.writeFloatLE(NaN, 4);
  const text = Buffer.concat(
    ['1', 'zwölf'].map((value) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(Buffer.byteLength(value));
      return Buffer.concat([length, Buffer.from(value)]);
    }),
  );
  return [floats, text, Buffer.from([1, 0])];
};
const bare = (tensor: InferTensor, datatype = tensor.datatype): InferTensor => ({
  ...tensor,
  datatype,
  contents: null,
});

describe('rows of an inference request', () => {
  it('are read from typed contents', () => {
    expect(inferRows(request({}), columns)).toEqual(rows);
  });

  it('are read from raw contents', () => {
    const inputs = [bare(age), bare(sex), bare(owner, 'BOOL')];
    expect(inferRows(request({ inputs, raw_input_contents: raw() }), columns)).toEqual(rows);
  });

  it.each<[string, Partial<InferRequest>, RegExp]>([
    ['no inputs', { inputs: [] }, /tensors age, sex, owner/],
    ['an unknown input', { inputs: [{ ...age, name: 'x' }] }, /must be one of age, sex, owner/],
    ['an unknown datatype', { inputs: [{ ...age, datatype: 'FP16' }] }, /datatype must be one of/],
    ['too wide a shape', { inputs: [{ ...age, shape: [1, 2] }] }, /\[rows\] or \[rows, 1\]/],
    ['different row counts', { inputs: [age, { ...sex, shape: [3] }] }, /must have 2 rows/],
    ['too few values', { inputs: [{ ...age, shape: [3, 1] }] }, /as its shape says, 3/],
    ['typed and raw together', { raw_input_contents: raw() }, /exclude each other/],
    [
      'a missing raw entry',
      { inputs: [bare(age), bare(sex)], raw_input_contents: raw().slice(0, 1) },
      /each of the 2 inputs/,
    ],
    [
      'raw bytes cut short',
      { inputs: [bare(sex)], raw_input_contents: [Buffer.from([9, 0, 0, 0, 65])] },
      /4 bytes length/,
    ],
    ['raw floats cut short', { inputs: [bare(age)], raw_input_contents: [Buffer.alloc(7)] }, /multiple of 4/],
    [
      'text that is not UTF-8',
      { inputs: [{ ...sex, contents: { bytes_contents: [Buffer.from([0xff]), Buffer.from('1')] } }] },
      /UTF-8/,
    ],
  ])('with %s are refused', (_, changes, rule) => {
    expect(() => inferRows(request(changes), columns)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringMatching(rule) }),
    );
  });
});

describe('the response', () => {
  const by = { version: 'v1', arm: 'stable' };
  const predictions = [{ prediction: 1 as const, probability: 0.75, predictionId: 'p1', ...by }];
  const answered = { pipeline: 'credit', ...by, predictions };

  it('is typed where the request was', () => {
    expect(inferResponse(request({}), answered)).toMatchObject({
      model_name: 'credit',
      model_version: 'v1',
      id: 'q-1',
      outputs: [
        { name: 'probability', datatype: 'FP32', shape: [1, 1], contents: { fp32_contents: [0.75] } },
        { name: 'prediction', datatype: 'INT64', contents: { int64_contents: [1] } },
        { name: 'prediction_id', datatype: 'BYTES', contents: { bytes_contents: [Buffer.from('p1')] } },
      ],
      raw_output_contents: [],
    });
  });

  it('is raw where the request was, and holds what was asked for', () => {
    const asked = request({ raw_input_contents: raw(), outputs: [{ name: 'prediction' }, { name: 'probability' }] });
    const { outputs, raw_output_contents: contents } = inferResponse(asked, answered);
    expect(outputs.map(({ name }) => name)).toEqual(['prediction', 'probability']);
    expect(Buffer.from(contents[0]!).readBigInt64LE()).toBe(1n);
    expect(Buffer.from(contents[1]!).readFloatLE()).toBe(0.75);
  });

  it('refuses an output that does not exist', () => {
    expect(() => inferResponse(request({ outputs: [{ name: 'logit' }] }), answered)).toThrow(
      /must be one of probability/,
    );
  });
});
