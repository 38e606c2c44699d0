import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Datatype, DATATYPE_NAMES, DATATYPES } from './datatype';
import type { InferAnswer, OutputTensor } from './infer.call';
import { readBinary } from './binary.data';
import { readRestRequest } from './rest.request';
import { writeRestResponse } from './rest.response';

interface Golden {
  body: string;
  headerLength: string | null;
  inputs: { name: string; datatype: Datatype; shape: number[]; values: unknown[] }[];
}

/** See make_requests.py there. */
const golden = JSON.parse(readFileSync(join(__dirname, '../testdata/requests.json'), 'utf8')) as {
  binary: Golden;
  json: Golden;
};
const limits = { maxRows: 100 };
const bytes = (text: string) => Buffer.from(text);
const read = (request: unknown) => readRestRequest(bytes(JSON.stringify(request)), undefined, limits);

describe('a request as Triton’s client writes it', () => {
  it.each(['binary', 'json'] as const)('is read from %s', (form) => {
    const { body, headerLength, inputs } = golden[form];
    const call = readRestRequest(Buffer.from(body, 'base64'), headerLength ?? undefined, limits);
    const exact = ({ datatype }: { datatype: Datatype }) => datatype.endsWith('INT64');
    const found = call.inputs.map((input) => ({
      ...input,
      values: exact(input) ? input.values.map(String) : input.values,
    }));
    expect(found).toEqual(inputs);
    expect(call).toMatchObject({
      id: 'r-1',
      parameters: { custom: 'yes' },
      outputs: [
        { name: 'probability', parameters: { binary_data: true } },
        { name: 'prediction', parameters: {} },
      ],
    });
  });

  it('covers every datatype', () => {
    expect(golden.binary.inputs.map(({ datatype }) => datatype).sort()).toEqual([...DATATYPE_NAMES].sort());
  });
});

describe('JSON data', () => {
  const number = fc.oneof(fc.constant(null), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));

  it('means the same flat and nested', () => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 20 }), (values) => {
        const input = { name: 'age', datatype: 'FP64', shape: [values.length, 1] };
        const flat = read({ inputs: [{ ...input, data: values }] });
        expect(read({ inputs: [{ ...input, data: values.map((value) => [value]) }] })).toEqual(flat);
        // JSON has no negative zero.
        expect(flat.inputs[0]?.values).toEqual(values.map((value) => (value === 0 ? 0 : value)));
      }),
    );
  });
});

describe('a request that is not as the protocol says', () => {
  const age = { name: 'age', datatype: 'INT8', shape: [2, 1], data: [30, 40] };
  const one = (changes: object) => ({ inputs: [{ ...age, ...changes }] });

  it.each<[string, unknown, RegExp]>([
    ['no inputs', {}, /^inputs must be a list of tensors; got nothing/],
    ['an empty list', { inputs: [] }, /^inputs must hold at least one tensor/],
    ['a list of something else', { inputs: ['age'] }, /^inputs\[0\] must be an object .*; got "age"/],
    ['an input without a name', one({ name: undefined }), /^inputs\[0\]\.name must be a text; got nothing/],
    ['an unknown datatype', one({ datatype: 'FLOAT' }), /^age must have a datatype, one of BOOL, .*BYTES; got "FLOAT"/],
    ['no shape', one({ shape: undefined }), /^age must have a shape.*; got nothing/],
    ['a negative shape', one({ shape: [-1, 1] }), /whole numbers; got \[-1,1\]/],
    ['a wide shape', one({ shape: [1, 2] }), /\[rows\] or \[rows, 1\]; got \[1,2\]/],
    ['a deep shape', one({ shape: [1, 1, 2] }), /\[rows\] or \[rows, 1\]; got \[1,1,2\]/],
    ['no rows', one({ shape: [0, 1], data: [] }), /\[rows\] or \[rows, 1\]; got \[0,1\]/],
    ['too few values', one({ data: [1] }), /^age must have 2 values as its shape says; got 1/],
    ['no data', one({ data: undefined }), /^age must have its values in a list, data; got nothing/],
    ['data nested otherwise', one({ data: [[1, 2]] }), /^age must have 2 parts at depth 1, .*; got 1/],
    ['data nested in part', one({ data: [[1], 2] }), /^age must be nested 2 deep .*; got 2/],
    ['data nested too deep', one({ shape: [2], data: [[1], [2]] }), /^age must be nested 1 deep .*; got \[1\]/],
    ['a text in numbers', one({ data: [1, 'old'] }), /^age: value 1 must be a whole number of INT8, .*; got "old"/],
    ['a fraction in integers', one({ data: [1.5, 2] }), /^age: value 0 must be a whole number .*; got 1\.5/],
    ['a value out of range', one({ data: [1, 128] }), /^age: value 1 must lie from -128 to 127 as INT8; got 128/],
    ['an integer that JSON rounds', one({ datatype: 'INT64', data: [1, 2 ** 60] }), /±9007199254740991/],
    ['a number in texts', one({ datatype: 'BYTES', data: ['a', 1] }), /^age: value 1 must be a text or null; got 1/],
    ['a number in booleans', one({ datatype: 'BOOL', data: [true, 1] }), /must be true, false or null; got 1/],
    ['an input twice', { inputs: [age, age] }, /^age must be given once/],
    ['both kinds of data', one({ parameters: { binary_data_size: 2 } }), /either data or binary_data_size/],
    ['a size beyond the body', one({ data: undefined, parameters: { binary_data_size: 2 } }), /at most 0.*; got 2/],
    ['a size that is none', one({ data: undefined, parameters: { binary_data_size: -1 } }), /whole number .*; got -1/],
    [
      'shared memory',
      one({ parameters: { shared_memory_region: 'r' } }),
      /shared_memory_region, which is not supported/,
    ],
    ['parameters of another kind', one({ parameters: [] }), /^age: parameters must be an object; got \[\]/],
    ['an id of another kind', { ...one({}), id: 7 }, /^id must be a text; got 7/],
    ['outputs of another kind', { ...one({}), outputs: {} }, /^outputs must be a list/],
    ['an output without a name', { ...one({}), outputs: [{}] }, /^outputs\[0\] must be an object with a name/],
    ['a list', [], /^body must be an object with inputs; got \[\]/],
  ])('with %s is refused', (_, request, message) => {
    expect(() => read(request)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringMatching(message) }),
    );
  });

  it.each<[string, Uint8Array, string | undefined, RegExp]>([
    ['no JSON', bytes('{"inputs":'), undefined, /^body must be JSON/],
    ['NaN', bytes('{"inputs":[NaN]}'), undefined, /^body must be JSON .*a missing value is null/],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), undefined, /JSON in UTF-8/],
    ['nothing', bytes(''), undefined, /^body must be JSON/],
    ['a header longer than the body', bytes('{}'), '3', /^Inference-Header-Content-Length .* at most 2; got "3"/],
    ['a header that is no number', bytes('{}'), '-1', /^Inference-Header-Content-Length/],
    [
      'bytes of nobody',
      bytes(`${JSON.stringify(one({}))}xyz`),
      String(JSON.stringify(one({})).length),
      /bytes that no binary_data_size speaks of; got 3/,
    ],
  ])('with %s is refused', (_, body, header, message) => {
    expect(() => readRestRequest(body, header, limits)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringMatching(message) }),
    );
  });

  it('with too many rows is refused before they are read', () => {
    const request = one({ shape: [101, 1], data: undefined });
    expect(() => read(request)).toThrow(expect.objectContaining({ code: 'TOO_MANY_ROWS' }));
  });

  it('never fails in another way, whatever comes', () => {
    const anything = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 4 }, fc.jsonValue(), tie('tensor')),
      tensor: fc.record(
        {
          name: fc.oneof(fc.constantFrom('age', 'sex'), fc.jsonValue()),
          datatype: fc.oneof(fc.constantFrom(...DATATYPE_NAMES), fc.jsonValue()),
          shape: fc.oneof(fc.constantFrom([1], [2, 1]), fc.jsonValue()),
          data: fc.oneof(fc.array(fc.jsonValue(), { maxLength: 3 }), fc.jsonValue()),
          parameters: fc.oneof(fc.record({ binary_data_size: fc.nat(20) }), fc.jsonValue()),
        },
        { requiredKeys: [] },
      ),
    }));
    const request = fc.record({ inputs: fc.array(anything.tensor, { maxLength: 3 }), outputs: anything.value });
    fc.assert(
      fc.property(request, fc.uint8Array({ maxLength: 30 }), (json, tail) => {
        const text = bytes(JSON.stringify(json));
        try {
          readRestRequest(Buffer.concat([text, tail]), String(text.byteLength), limits);
        } catch (error) {
          expect(error).toMatchObject({ name: 'OpenInferenceError', retryable: false });
        }
      }),
    );
  });
});

describe('a response', () => {
  const outputs: OutputTensor[] = [
    { name: 'probability', datatype: 'FP32', shape: [2, 1], values: [0.75, 0.25] },
    { name: 'prediction', datatype: 'INT64', shape: [2, 1], values: [1, 0] },
    { name: 'prediction_id', datatype: 'BYTES', shape: [2, 1], values: ['p-1', 'zwölf'] },
  ];
  const answer: InferAnswer = { model: 'credit', version: 'v1', outputs };
  const call = (changes: object) =>
    read({ inputs: [{ name: 'age', datatype: 'INT8', shape: [1], data: [1] }], ...changes });

  it('is JSON where nothing else was asked for, and echoes the id', () => {
    const { body, headerLength } = writeRestResponse(call({ id: 'q' }), answer);
    expect(headerLength).toBeNull();
    const data = outputs.map(({ values, ...output }) => ({ ...output, data: values }));
    expect(JSON.parse(Buffer.from(body).toString())).toEqual({
      ...{ model_name: 'credit', model_version: 'v1', id: 'q', outputs: data },
    });
  });

  it('has binary outputs behind the JSON, each of the announced size', () => {
    const asked = { parameters: { binary_data_output: true }, outputs: outputs.map(({ name }) => ({ name })) };
    (asked.outputs[1] as { parameters?: object }).parameters = { binary_data: false };
    const { body, headerLength } = writeRestResponse(call(asked), answer);
    const header = JSON.parse(Buffer.from(body.subarray(0, headerLength!)).toString());
    let at = headerLength!;
    const found = header.outputs.map(
      (output: { name: string; datatype: Datatype; parameters?: object; data?: unknown }) => {
        const size = (output.parameters as { binary_data_size: number } | undefined)?.binary_data_size;
        if (size === undefined) return output.data;
        at += size;
        return readBinary(output.name, output.datatype, 2, body.subarray(at - size, at));
      },
    );
    expect(found).toEqual(outputs.map(({ values }) => values));
    expect(header.outputs[1].data).toEqual([1, 0]);
    expect(at).toBe(body.byteLength);
  });
});

it('knows the size of every element', () => {
  expect(Object.entries(DATATYPES).map(([name, { size }]) => `${name} ${size}`)).toEqual([
    ...['BOOL 1', 'UINT8 1', 'UINT16 2', 'UINT32 4', 'UINT64 8', 'INT8 1', 'INT16 2', 'INT32 4', 'INT64 8'],
    ...['FP16 2', 'FP32 4', 'FP64 8', 'BYTES 0'],
  ]);
});
