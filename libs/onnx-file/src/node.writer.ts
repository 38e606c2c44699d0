import {
  ATTRIBUTE,
  ATTRIBUTE_TYPE,
  DIMENSION,
  ENTRY,
  INT64,
  MODEL,
  NODE,
  OPSET,
  TENSOR,
  TENSOR_TYPE,
  TYPE,
  VALUE,
} from './onnx.fields';

import { content, integer } from './protobuf.writer';

/** Whole numbers are not negative. */
export type AttributeValue =
  | { integer: number }
  | { float: number }
  | { strings: readonly string[] }
  | { floats: readonly number[] }
  | { integers: readonly number[] };

/** Field of a 32-bit float: wire type 5. */
const float = (number: number, value: number): Uint8Array => {
  const bytes = new Uint8Array(5);
  bytes[0] = number * 8 + 5;
  new DataView(bytes.buffer).setFloat32(1, value, true);
  return bytes;
};

function attribute([name, value]: [string, AttributeValue]): Uint8Array {
  const head = content(ATTRIBUTE.name, name);
  const type = (code: number) => integer(ATTRIBUTE.type, code);
  if ('integer' in value) return content(NODE.attribute, [head, integer(ATTRIBUTE.integer, value.integer), type(2)]);
  if ('float' in value) {
    return content(NODE.attribute, [head, float(ATTRIBUTE.float, value.float), type(ATTRIBUTE_TYPE.float)]);
  }
  const list = (code: number, values: readonly Uint8Array[]) => content(NODE.attribute, [head, ...values, type(code)]);
  if ('strings' in value) {
    const texts = value.strings.map((text) => content(ATTRIBUTE.strings, text));
    return list(ATTRIBUTE_TYPE.strings, texts);
  }
  if ('floats' in value) {
    const floats = value.floats.map((each) => float(ATTRIBUTE.floats, each));
    return list(ATTRIBUTE_TYPE.floats, floats);
  }
  const integers = value.integers.map((each) => integer(ATTRIBUTE.integers, each));
  return list(ATTRIBUTE_TYPE.integers, integers);
}

export interface NodeDescription {
  op: string;
  domain?: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes?: Readonly<Record<string, AttributeValue>>;
}

/** A node as a message, named as its first output. */
export const node = ({ op, domain = '', inputs, outputs, attributes = {} }: NodeDescription): Uint8Array[] => [
  ...inputs.map((name) => content(NODE.input, name)),
  ...outputs.map((name) => content(NODE.output, name)),
  content(NODE.name, outputs[0] as string),
  content(NODE.opType, op),
  ...(domain === '' ? [] : [content(NODE.domain, domain)]),
  ...Object.entries(attributes).map(attribute),
];

/** One dimension of whole numbers that are not negative, or -1. */
export function integers(name: string, values: readonly number[]): Uint8Array[] {
  const data = new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer);
  const head = [integer(TENSOR.dims, values.length), integer(TENSOR.dataType, INT64)];
  return [...head, content(TENSOR.name, name), content(TENSOR.rawData, data)];
}

/** [batch, width]. */
export function columnValue(name: string, elementType: number, width = 1): Uint8Array[] {
  const batch = content(1, [content(DIMENSION.parameter, 'batch')]);
  const columns = content(1, [integer(DIMENSION.value, width)]);
  const shape = content(TENSOR_TYPE.shape, [batch, columns]);
  const tensor = content(TYPE.tensor, [integer(TENSOR_TYPE.elementType, elementType), shape]);
  return [content(VALUE.name, name), content(VALUE.type, [tensor])];
}

export const opsetImport = ([domain, version]: [string, number]): Uint8Array =>
  content(MODEL.opsetImport, [content(OPSET.domain, domain), integer(OPSET.version, version)]);

export const metadataEntry = ([key, value]: [string, string]): Uint8Array =>
  content(MODEL.metadataProps, [content(ENTRY.key, key), content(ENTRY.value, value)]);
