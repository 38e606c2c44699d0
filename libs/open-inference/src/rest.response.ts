import { writeBinary } from './binary.data';
import type { InferAnswer, InferCall, OutputTensor, Parameters } from './infer.call';

export interface RestResponse {
  /** Body; the JSON is its first part. */
  readonly body: Uint8Array;
  /** Length of the JSON where binary data follows; else null. */
  readonly headerLength: number | null;
}

const encoder = new TextEncoder();

/** The answer as JSON, and the outputs that were asked for in binary form behind it. */
export function writeRestResponse(call: InferCall, answer: InferAnswer): RestResponse {
  const binary: Uint8Array[] = [];
  const outputs = answer.outputs.map((output) => {
    const { name, datatype, shape, values } = output;
    if (!isBinary(call, output)) return { name, datatype, shape, data: values };
    const bytes = writeBinary(datatype, values);
    binary.push(bytes);
    return { name, datatype, shape, parameters: { binary_data_size: bytes.byteLength } };
  });
  const { model, version, parameters } = answer;
  const id = call.id === '' ? undefined : call.id;
  // What is undefined is left out.
  const json = encoder.encode(JSON.stringify({ model_name: model, model_version: version, id, parameters, outputs }));
  if (binary.length === 0) return { body: json, headerLength: null };
  return { body: joined([json, ...binary]), headerLength: json.byteLength };
}

/** As the output's parameter says, else the request's, else JSON. */
function isBinary({ outputs, parameters }: InferCall, { name }: OutputTensor): boolean {
  const own: Parameters | undefined = outputs?.find((output) => output.name === name)?.parameters;
  return (own?.binary_data ?? parameters.binary_data_output) === true;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
