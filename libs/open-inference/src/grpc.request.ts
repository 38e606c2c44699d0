import { readBinary, textOf } from './binary.data';
import { type ContentsField, type Element, rulesOf } from './datatype';
import type { InferParameters, InferRequestMessage, InferTensorMessage, TensorContents } from './grpc.messages';
import type { InferCall, InferLimits, InputTensor, Parameters } from './infer.call';
import { invalid } from './open-inference.error';
import { requireSupported } from './request.fields';
import { checkInputs, readHeader, type TensorHeader } from './tensor.header';

/** A ModelInferRequest, with typed or raw contents. Throws INVALID_INPUT and TOO_MANY_ROWS. */
export function readInferMessage(message: InferRequestMessage, limits: InferLimits): InferCall {
  const { inputs, outputs, raw_input_contents: raw } = message;
  checkInputs(inputs.map(({ name }) => name));
  if (raw.length > 0 && raw.length !== inputs.length) {
    throw invalid('raw_input_contents', raw.length, `must have one entry for each of the ${inputs.length} inputs`);
  }
  return {
    id: message.id,
    parameters: plain(message.parameters),
    inputs: inputs.map((input, position) => readTensor(input, position, raw[position], limits)),
    outputs:
      outputs.length === 0 ? null : outputs.map(({ name, parameters }) => ({ name, parameters: plain(parameters) })),
    raw: raw.length > 0,
  };
}

function plain(parameters: InferParameters = {}): Parameters {
  const entries = Object.entries(parameters);
  return Object.fromEntries(entries.map(([name, value]) => [name, value[value.parameter_choice ?? 'string_param']]));
}

function readTensor(
  message: InferTensorMessage,
  position: number,
  raw: Uint8Array | undefined,
  limits: InferLimits,
): InputTensor {
  const { name, datatype } = message;
  const header = readHeader({ name, datatype, shape: message.shape.map(Number) }, position, limits);
  requireSupported(name, plain(message.parameters));
  const filled = filledField(message.contents);
  if (raw !== undefined && filled !== undefined) {
    throw invalid(name, 'both', 'must be raw alone: typed and raw contents exclude each other over the whole message');
  }
  const values = raw === undefined ? typedValues(header, message.contents, filled) : rawValues(header, raw);
  return { name, datatype: header.datatype, shape: header.shape, values };
}

const rawValues = ({ name, datatype, rows }: TensorHeader, raw: Uint8Array): Element[] =>
  readBinary(name, datatype, rows, raw);

const filledField = (contents: TensorContents | null | undefined): ContentsField | undefined =>
  (Object.keys(contents ?? {}) as ContentsField[]).find((field) => {
    const values = contents?.[field];
    return Array.isArray(values) && values.length > 0;
  });

function typedValues(
  { name, datatype, rows }: TensorHeader,
  contents: TensorContents | null | undefined,
  filled: ContentsField | undefined,
): Element[] {
  const { field, kind, least, greatest } = rulesOf(datatype);
  if (field === null) throw invalid(name, filled ?? 'no contents', `of ${datatype} must come in raw_input_contents`);
  if (filled !== undefined && filled !== field) throw invalid(name, filled, `of ${datatype} must come in ${field}`);
  const given: readonly (Element | Uint8Array)[] = contents?.[field] ?? [];
  if (given.length !== rows)
    throw invalid(name, given.length, `must have ${rows} values in ${field} as its shape says`);
  return given.map((value, index): Element => {
    if (value instanceof Uint8Array) return textOf(value, name, index);
    if (kind !== 'integer') return value;
    const number = Number(value);
    if (number < least || number > greatest) {
      throw invalid(`${name}: value ${index}`, number, `must lie from ${least} to ${greatest} as ${datatype}`);
    }
    return Number.isSafeInteger(number) ? number : BigInt(value);
  });
}
