import {
  decodeInferRequest,
  type InferRequestMessage,
  type InferResponseMessage,
  readInferMessage,
  writeInferMessage,
} from '@perennial/open-inference';
import fc from 'fast-check';
import { inferCodec } from './infer.codec';
import { inferenceService } from './inference.definition';

const codec = inferCodec();
const { requestSerialize, requestDeserialize, responseSerialize, responseDeserialize } = inferenceService().service
  .ModelInfer as NonNullable<ReturnType<typeof inferenceService>['service'][string]>;

/** The loader cannot copy parameters that have a name alone, which are well formed. */
const UNSUITED = 'a parameter without a value';
const limits = { maxRows: 1_000 };
/** What comes of a message: the call, or the error's message. */
function outcome(decode: (bytes: Buffer) => unknown, bytes: Buffer): unknown {
  let message: InferRequestMessage;
  try {
    message = decode(bytes) as InferRequestMessage;
  } catch (error) {
    return error instanceof TypeError ? UNSUITED : 'malformed';
  }
  const { model_name: model, model_version: version } = message;
  try {
    return { model, version, call: readInferMessage(message, limits) };
  } catch (error) {
    return { model, version, refused: (error as Error).message, details: (error as { details?: unknown }).details };
  }
}
function agree(bytes: Buffer): void {
  const expected = outcome(requestDeserialize, bytes);
  fc.pre(expected !== UNSUITED);
  expect(outcome(decodeInferRequest, bytes)).toEqual(expected);
}

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const name = fc.oneof(fc.constantFrom('age', 'sex', 'über'), fc.string({ maxLength: 5 }));
const parameters = fc.dictionary(
  name,
  fc.oneof(
    fc.record({ bool_param: fc.boolean() }),
    fc.record({ int64_param: int64 }),
    fc.record({ uint64_param: uint64 }),
    fc.record({ string_param: fc.string() }),
    fc.record({ double_param: fc.double() }),
  ),
  { maxKeys: 2 },
);
const bytes = fc.uint8Array({ maxLength: 9 }).map((array) => Buffer.from(array));
const values = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: 2, maxLength: 2 });
/** Datatypes with what fills them, well or not. */
const filled = fc.oneof(
  fc.record({ datatype: fc.constant('BOOL'), contents: fc.record({ bool_contents: values(fc.boolean()) }) }),
  fc.record({
    datatype: fc.constantFrom('INT32', 'INT8'),
    contents: fc.record({ int_contents: values(fc.integer()) }),
  }),
  fc.record({ datatype: fc.constant('INT64'), contents: fc.record({ int64_contents: values(int64) }) }),
  fc.record({ datatype: fc.constant('UINT32'), contents: fc.record({ uint_contents: values(fc.nat()) }) }),
  fc.record({ datatype: fc.constant('UINT64'), contents: fc.record({ uint64_contents: values(uint64) }) }),
  fc.record({ datatype: fc.constant('FP32'), contents: fc.record({ fp32_contents: values(fc.float()) }) }),
  fc.record({ datatype: fc.constant('FP64'), contents: fc.record({ fp64_contents: values(fc.double()) }) }),
  fc.record({ datatype: fc.constant('BYTES'), contents: fc.record({ bytes_contents: values(bytes) }) }),
  fc.record({ datatype: fc.constantFrom('FP16', 'BF16', ''), contents: fc.constant(undefined) }),
);
const shape = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(['2'], ['2', '1']) },
  { weight: 1, arbitrary: fc.array(int64, { maxLength: 3 }) },
);
const input = fc
  .tuple(name, shape, parameters, filled)
  .map(([name, shape, parameters, filled]) => ({ name, shape, parameters, ...filled }));
const request = fc.record({
  ...{ model_name: name, model_version: name, id: name, parameters },
  inputs: fc.array(input, { maxLength: 3 }),
  outputs: fc.array(fc.record({ name, parameters }), { maxLength: 2 }),
  raw_input_contents: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(bytes, { maxLength: 3 })),
});

describe('a ModelInferRequest', () => {
  it('is read as the loader reads it', () => {
    fc.assert(fc.property(request, (message) => agree(requestSerialize(message))));
  });

  it('is malformed where the loader says so, and else read alike', () => {
    const broken = fc.tuple(request, fc.nat(), fc.nat(), fc.nat(255)).map(([message, end, at, byte]) => {
      const whole = requestSerialize(message);
      const cut = Buffer.from(whole.subarray(0, whole.byteLength - (end % 3)));
      if (cut.byteLength > 0) cut[at % cut.byteLength] = byte;
      return cut;
    });
    fc.assert(fc.property(broken, agree), { numRuns: 300 });
  });

  it('tells its model without being read', () => {
    fc.assert(
      fc.property(request, (message) => {
        const bytes = requestSerialize(message);
        expect(codec.requestDeserialize(bytes)).toEqual({ model_name: message.model_name, bytes });
      }),
    );
  });

  it('tells the model that is asked when it is read, however often it is named: who may ask goes by it', () => {
    const messages = fc.array(request, { minLength: 2, maxLength: 3 });
    const twice = messages.map((all) => Buffer.concat(all.map((message) => requestSerialize(message) as Buffer)));
    const property = fc.property(twice, (bytes) => {
      expect(codec.requestDeserialize(bytes).model_name).toBe(decodeInferRequest(bytes).model_name);
    });
    fc.assert(property);
  });
});

const output = fc.oneof(
  fc.record({ datatype: fc.constant('FP32' as const), values: values(fc.float()) }),
  fc.record({ datatype: fc.constant('INT64' as const), values: values(fc.maxSafeInteger()) }),
  fc.record({ datatype: fc.constant('BYTES' as const), values: values(fc.string()) }),
);

it('writes a ModelInferResponse as the loader writes it', () => {
  const answer = fc.record({
    ...{ model: name, version: name, raw: fc.boolean() },
    parameters: fc.dictionary(name, fc.oneof(fc.boolean(), fc.integer(), fc.double(), fc.string()), { maxKeys: 2 }),
    outputs: fc.array(
      fc.tuple(name, output).map(([name, output]) => ({ name, shape: [2, 1], ...output })),
      { maxLength: 3 },
    ),
  });
  const property = fc.property(answer, ({ raw, ...given }) => {
    const call = { id: 'q', parameters: {}, inputs: [], outputs: null, raw };
    const message: InferResponseMessage = writeInferMessage(call, given);
    const written = codec.responseSerialize(message);
    expect(responseDeserialize(written)).toEqual(responseDeserialize(responseSerialize(message)));
  });
  fc.assert(property);
});
