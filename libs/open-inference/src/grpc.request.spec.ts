import type { InferRequestMessage, InferTensorMessage } from './grpc.messages';
import { readInferMessage } from './grpc.request';
import { writeInferMessage } from './grpc.response';
import { type ModelColumn, rowsOf } from './model.rows';
import { chosenOutputs } from './output.choice';

const columns: ModelColumn[] = [
  { name: 'age', type: 'integer' },
  { name: 'sex', type: 'string' },
  { name: 'owner', type: 'boolean' },
  { name: 'since', type: 'date' },
];
const age: InferTensorMessage = {
  name: 'age',
  datatype: 'FP32',
  shape: ['2', '1'],
  contents: { fp32_contents: [30, NaN] },
};
const sex: InferTensorMessage = {
  ...{ name: 'sex', datatype: 'BYTES', shape: ['2'] },
  contents: { bytes_contents: [Buffer.from('1'), Buffer.from('zwölf')] },
};
const owner: InferTensorMessage = {
  name: 'owner',
  datatype: 'INT32',
  shape: ['2', '1'],
  contents: { int_contents: [1, 0] },
};
const since: InferTensorMessage = {
  ...{ name: 'since', datatype: 'BYTES', shape: ['2', '1'] },
  contents: { bytes_contents: [Buffer.from('2026-01-31'), Buffer.from('')] },
};
const request = (changes: Partial<InferRequestMessage>): InferRequestMessage => ({
  ...{ model_name: 'credit', model_version: '', id: 'q-1', inputs: [age, sex, owner, since] },
  ...{ outputs: [], raw_input_contents: [] },
  ...changes,
});
const rows = [
  { age: 30, sex: '1', owner: true, since: '2026-01-31' },
  { age: null, sex: 'zwölf', owner: false, since: null },
];
const limits = { maxRows: 100 };
const rowsIn = (changes: Partial<InferRequestMessage>) => rowsOf(readInferMessage(request(changes), limits), columns);

const withLength = (text: string) => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(Buffer.byteLength(text));
  return Buffer.concat([length, Buffer.from(text)]);
};
const bare = (tensor: InferTensorMessage, datatype = tensor.datatype) => ({ ...tensor, datatype, contents: null });
const raw = () => ({
  inputs: [bare(age, 'FP16'), bare(sex), bare(owner, 'BOOL'), bare(since)],
  raw_input_contents: [
    // 30 and NaN in binary16.
    Buffer.from([0x80, 0x4f, 0x00, 0x7e]),
    Buffer.concat(['1', 'zwölf'].map(withLength)),
    Buffer.from([1, 0]),
    Buffer.concat(['2026-01-31', ''].map(withLength)),
  ],
});

describe('rows of a ModelInferRequest', () => {
  it('are read from typed contents', () => expect(rowsIn({})).toEqual(rows));
  it('are read from raw contents', () => expect(rowsIn(raw())).toEqual(rows));

  it('keep a category that no number holds', () => {
    const inputs = [{ ...sex, datatype: 'INT64', contents: { int64_contents: ['9007199254740993', '2'] } }];
    const only = columns.filter(({ name }) => name === 'sex');
    expect(rowsOf(readInferMessage(request({ inputs }), limits), only)).toEqual([
      { sex: '9007199254740993' },
      { sex: 2 },
    ]);
  });

  it.each<[string, Partial<InferRequestMessage>, RegExp]>([
    ['no inputs', { inputs: [] }, /^inputs must hold at least one tensor/],
    ['an unknown input', { inputs: [{ ...age, name: 'x' }] }, /^x must be one of the inputs age, sex, owner, since/],
    ['an input missing', { inputs: [age, sex, owner] }, /^since must be given: the inputs are .*; got nothing/],
    ['an input twice', { inputs: [age, age] }, /^age must be given once/],
    ['an unknown datatype', { inputs: [{ ...age, datatype: 'BF16' }] }, /must have a datatype, one of .*; got "BF16"/],
    ['a text for a number', { inputs: [{ ...sex, name: 'age' }] }, /fits a integer column: INT8 .*; got "BYTES"/],
    [
      'different row counts',
      { inputs: [age, { ...sex, shape: [1], contents: { bytes_contents: [Buffer.from('1')] } }] },
      /^sex must have 2 rows/,
    ],
    ['too few values', { inputs: [{ ...age, shape: [3, 1] }] }, /^age must have 3 values in fp32_contents .*; got 2/],
    [
      'contents of another type',
      { inputs: [{ ...age, datatype: 'FP64' }] },
      /of FP64 must come in fp64_contents; got "fp32_/,
    ],
    ['typed FP16', { inputs: [{ ...age, datatype: 'FP16' }] }, /of FP16 must come in raw_input_contents/],
    [
      'a value out of range',
      { inputs: [{ ...owner, datatype: 'INT8', contents: { int_contents: [1, 300] } }] },
      /value 1 must lie from -128 to 127 as INT8; got 300/,
    ],
    ['typed and raw together', { raw_input_contents: raw().raw_input_contents }, /exclude each other/],
    [
      'a missing raw entry',
      { ...raw(), raw_input_contents: [Buffer.alloc(4)] },
      /one entry for each of the 4 inputs; got 1/,
    ],
    [
      'raw bytes cut short',
      { inputs: [bare(sex)], raw_input_contents: [Buffer.from([9, 0, 0, 0, 65])] },
      /4 bytes of length/,
    ],
    ['raw elements missing', { inputs: [bare(sex)], raw_input_contents: [withLength('1')] }, /must have 2 elements/],
    [
      'raw floats cut short',
      { inputs: [bare(age)], raw_input_contents: [Buffer.alloc(7)] },
      /must have 8 bytes of FP32/,
    ],
    [
      'text that is not UTF-8',
      { inputs: [{ ...sex, contents: { bytes_contents: [Buffer.from([0xff]), Buffer.from('1')] } }] },
      /UTF-8/,
    ],
    [
      'shared memory',
      {
        inputs: [
          { ...age, parameters: { shared_memory_region: { string_param: 'r', parameter_choice: 'string_param' } } },
        ],
      },
      /shared_memory_region/,
    ],
  ])('with %s are refused', (_, changes, message) => {
    expect(() => rowsIn(changes)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringMatching(message) }),
    );
  });
});

it('takes parameters that are whole numbers as such, and as text where no number holds them', () => {
  const parameters = {
    a: { int64_param: 7, parameter_choice: 'int64_param' as const },
    b: { uint64_param: '1000', parameter_choice: 'uint64_param' as const },
    c: { int64_param: '-9007199254740993', parameter_choice: 'int64_param' as const },
  };
  expect(readInferMessage(request({ parameters }), limits).parameters).toEqual({
    a: 7,
    b: 1000,
    c: '-9007199254740993',
  });
});

describe('the response', () => {
  const known = [
    { name: 'probability', datatype: 'FP32', shape: [1, 1], values: [0.75] },
    { name: 'prediction', datatype: 'INT64', shape: [1, 1], values: [1] },
    { name: 'prediction_id', datatype: 'BYTES', shape: [1, 1], values: ['p1'] },
  ] as const;
  const respond = (changes: Partial<InferRequestMessage>) => {
    const call = readInferMessage(request(changes), limits);
    return writeInferMessage(call, { model: 'credit', version: 'v1', outputs: chosenOutputs(call, known) });
  };

  it('is typed where the request was', () => {
    expect(respond({})).toMatchObject({
      ...{ model_name: 'credit', model_version: 'v1', id: 'q-1' },
      outputs: [
        { name: 'probability', datatype: 'FP32', shape: [1, 1], contents: { fp32_contents: [0.75] } },
        { name: 'prediction', datatype: 'INT64', contents: { int64_contents: [1] } },
        { name: 'prediction_id', datatype: 'BYTES', contents: { bytes_contents: [new TextEncoder().encode('p1')] } },
      ],
      raw_output_contents: [],
    });
  });

  it('is raw where the request was, and holds what was asked for in its order', () => {
    const { outputs, raw_output_contents: contents } = respond({
      ...raw(),
      outputs: [{ name: 'prediction' }, { name: 'probability' }],
    });
    expect(outputs).toEqual([
      { name: 'prediction', datatype: 'INT64', shape: [1, 1] },
      { name: 'probability', datatype: 'FP32', shape: [1, 1] },
    ]);
    expect(Buffer.from(contents[0]!).readBigInt64LE()).toBe(1n);
    expect(Buffer.from(contents[1]!).readFloatLE()).toBe(0.75);
  });

  it('refuses an output that does not exist, and classification', () => {
    expect(() => respond({ outputs: [{ name: 'logit' }] })).toThrow(
      /^outputs must be among probability.*; got "logit"/,
    );
    const classification = { int64_param: '2', parameter_choice: 'int64_param' as const };
    expect(() => respond({ outputs: [{ name: 'probability', parameters: { classification } }] })).toThrow(
      /classification, which is not supported/,
    );
  });
});
