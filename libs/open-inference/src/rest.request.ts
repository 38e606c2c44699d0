import { readBinary } from './binary.data';
import type { InferCall, InferLimits, InputTensor, Parameters, RequestedOutput } from './infer.call';
import { readJsonData } from './json.data';
import { invalid } from './open-inference.error';
import { checkParameters, readId, requireSupported } from './request.fields';
import { checkInputs, readHeader } from './tensor.header';

/** Of the request, in bytes, where binary tensors follow it. */
export const HEADER_LENGTH = 'inference-header-content-length';

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * A request over REST: JSON, behind which, where the header says how long it is, the binary data of those inputs
 * follows that name their `binary_data_size`. Throws INVALID_INPUT and TOO_MANY_ROWS.
 */
export function readRestRequest(body: Uint8Array, headerLength: string | undefined, limits: InferLimits): InferCall {
  const length = headerLength === undefined ? body.byteLength : lengthOf(headerLength, body.byteLength);
  const request = parse(body.subarray(0, length));
  const binary = new BinaryTail(body.subarray(length));
  const { inputs, outputs, id, parameters } = request;
  if (!Array.isArray(inputs)) throw invalid('inputs', inputs, 'must be a list of tensors');
  const tensors = inputs.map((input, position) => readInput(input, position, binary, limits));
  checkInputs(tensors);
  binary.end();
  return {
    id: readId(id),
    parameters: checkParameters('parameters', parameters),
    inputs: tensors,
    outputs: readOutputs(outputs),
    raw: false,
  };
}

function lengthOf(text: string, bytes: number): number {
  const length = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (length <= bytes) return length;
  throw invalid('Inference-Header-Content-Length', text, `must be the length of the JSON, at most ${bytes}`);
}

/** JSON of a body, an object. Throws INVALID_INPUT. */
function parse(json: Uint8Array): Record<string, unknown> {
  let request: unknown;
  let text: string | undefined;
  try {
    text = decoder.decode(json);
    request = JSON.parse(text);
  } catch (error) {
    if (text === undefined) throw invalid('body', `${json.byteLength} bytes`, 'must be JSON in UTF-8');
    throw invalid('body', text, `must be JSON (${(error as Error).message}; a missing value is null)`);
  }
  if (typeof request === 'object' && request !== null && !Array.isArray(request)) {
    return request as Record<string, unknown>;
  }
  throw invalid('body', request, 'must be an object with inputs');
}

/** Binary data of the inputs, one behind the other. */
class BinaryTail {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  take(name: string, size: unknown): Uint8Array {
    const left = this.bytes.byteLength - this.at;
    if (!Number.isSafeInteger(size) || (size as number) < 0) {
      throw invalid(name, size, 'must have a whole number as binary_data_size');
    }
    if ((size as number) > left) {
      throw invalid(name, size, `must have a binary_data_size of at most ${left}, what is left of the body`);
    }
    this.at += size as number;
    return this.bytes.subarray(this.at - (size as number), this.at);
  }

  end(): void {
    const left = this.bytes.byteLength - this.at;
    if (left > 0) throw invalid('body', left, 'must not have bytes that no binary_data_size speaks of');
  }
}

function readInput(given: unknown, position: number, binary: BinaryTail, limits: InferLimits): InputTensor {
  const at = `inputs[${position}]`;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw invalid(at, given, 'must be an object with name, datatype, shape and data');
  }
  const { name, datatype, shape, data, parameters } = given as Record<string, unknown>;
  const header = readHeader({ name, datatype, shape }, position, limits);
  const known = checkParameters(`${header.name}: parameters`, parameters);
  requireSupported(header.name, known);
  const { binary_data_size: size } = known;
  if (size !== undefined && data !== undefined) {
    throw invalid(header.name, 'both', 'must have either data or binary_data_size');
  }
  const values =
    size === undefined
      ? readJsonData(header.name, header.datatype, header.shape, data)
      : readBinary(header.name, header.datatype, header.rows, binary.take(header.name, size));
  return { name: header.name, datatype: header.datatype, shape: header.shape, values };
}

function readOutputs(outputs: unknown): RequestedOutput[] | null {
  if (outputs === undefined || outputs === null) return null;
  if (!Array.isArray(outputs)) throw invalid('outputs', outputs, 'must be a list of objects with a name');
  if (outputs.length === 0) return null;
  return outputs.map((output, position) => {
    const { name, parameters } = (output ?? {}) as { name?: unknown; parameters?: Parameters };
    if (typeof name !== 'string') throw invalid(`outputs[${position}]`, output, 'must be an object with a name');
    return { name, parameters: checkParameters(`${name}: parameters`, parameters) };
  });
}
