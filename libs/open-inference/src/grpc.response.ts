import { writeBinary } from './binary.data';
import { rulesOf } from './datatype';
import type { InferParameter, InferParameters, InferResponseMessage, InferTensorMessage } from './grpc.messages';
import type { InferAnswer, InferCall, OutputTensor, Parameters } from './infer.call';

const encoder = new TextEncoder();

/** The answer as a ModelInferResponse; raw where the request was. */
export function writeInferMessage({ id, raw }: InferCall, answer: InferAnswer): InferResponseMessage {
  const { model, version, parameters = {}, outputs } = answer;
  return {
    model_name: model,
    model_version: version,
    id,
    parameters: messageParameters(parameters),
    outputs: outputs.map((output) => tensorMessage(output, raw)),
    raw_output_contents: raw ? outputs.map(({ datatype, values }) => writeBinary(datatype, values)) : [],
  };
}

function tensorMessage({ name, datatype, shape, values }: OutputTensor, raw: boolean): InferTensorMessage {
  const { field } = rulesOf(datatype);
  if (raw || field === null) return { name, datatype, shape: [...shape] };
  const given = datatype === 'BYTES' ? values.map((value) => encoder.encode(String(value))) : values;
  return { name, datatype, shape: [...shape], contents: { [field]: given } };
}

function messageParameters(parameters: Parameters): InferParameters {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, messageParameter(value)]));
}

function messageParameter(value: unknown): InferParameter {
  if (typeof value === 'boolean') return { bool_param: value };
  if (typeof value === 'number') return Number.isSafeInteger(value) ? { int64_param: value } : { double_param: value };
  return { string_param: String(value) };
}
