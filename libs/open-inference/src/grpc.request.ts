import { readBinary, textOf } from './binary.data';
import { type ContentsField, type Element, rulesOf } from './datatype';
import type {
  InferParameter,
  InferParameters,
  InferRequestMessage,
  InferTensorMessage,
  Integer64,
  TensorContents,
} from './grpc.messages';
import type { InferCall, InferLimits, InputTensor, Parameters } from './infer.call';
import { invalid } from './open-inference.error';
import { NONE, requireSupported } from './request.fields';
import { checkInputs, readHeader, type TensorHeader } from './tensor.header';

/** A ModelInferRequest, with typed or raw contents. Throws INVALID_INPUT and TOO_MANY_ROWS. */
export function readInferMessage(message: InferRequestMessage, limits: InferLimits): InferCall {
  const { inputs, outputs, raw_input_contents: raw } = message;
  checkInputs(inputs);
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

function plain(parameters: InferParameters | undefined): Parameters {
  if (parameters === undefined) return NONE;
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, plainValue(value)]));
}

/** As in JSON; a whole number that none in JavaScript holds as text. */
function plainValue(parameter: InferParameter): unknown {
  const choice = parameter.parameter_choice ?? 'string_param';
  const value = parameter[choice];
  if (value === undefined || (choice !== 'int64_param' && choice !== 'uint64_param')) return value;
  const number = toNumber(value as Integer64);
  return Number.isSafeInteger(number) ? number : value.toString();
}

/** Beyond ±2^53 the nearest. */
const toNumber = (value: Integer64): number => (typeof value === 'object' ? value.toNumber() : Number(value));

const isNumber = (size: Integer64): size is number => typeof size === 'number';

const shapeOf = ({ shape }: InferTensorMessage): number[] => (shape.every(isNumber) ? shape : shape.map(toNumber));

function readTensor(
  message: InferTensorMessage,
  position: number,
  raw: Uint8Array | undefined,
  limits: InferLimits,
): InputTensor {
  const { name, datatype } = message;
  const header = readHeader({ name, datatype, shape: shapeOf(message) }, position, limits);
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

function filledField(contents: TensorContents | null | undefined): ContentsField | undefined {
  for (const field in contents) {
    const values = contents[field as ContentsField];
    if (Array.isArray(values) && values.length > 0) return field as ContentsField;
  }
  return undefined;
}

function typedValues(
  { name, datatype, rows }: TensorHeader,
  contents: TensorContents | null | undefined,
  filled: ContentsField | undefined,
): Element[] {
  const { field, kind, least, greatest } = rulesOf(datatype);
  if (field === null) throw invalid(name, filled ?? 'no contents', `of ${datatype} must come in raw_input_contents`);
  if (filled !== undefined && filled !== field) throw invalid(name, filled, `of ${datatype} must come in ${field}`);
  const given: readonly (Element | Uint8Array | Integer64)[] = contents?.[field] ?? [];
  if (given.length !== rows)
    throw invalid(name, given.length, `must have ${rows} values in ${field} as its shape says`);
  const values: Element[] = new Array(rows);
  for (let index = 0; index < rows; index += 1) {
    const value = given[index] as Element | Uint8Array | Integer64;
    if (value instanceof Uint8Array) values[index] = textOf(value, name, index);
    else if (kind !== 'integer') values[index] = value as Element;
    else {
      const number = toNumber(value as Integer64);
      if (number < least || number > greatest) {
        throw invalid(`${name}: value ${index}`, number, `must lie from ${least} to ${greatest} as ${datatype}`);
      }
      values[index] = Number.isSafeInteger(number) ? number : BigInt(value.toString());
    }
  }
  return values;
}
