import { Reader } from 'protobufjs/minimal';
import type {
  InferParameter,
  InferParameters,
  InferRequestMessage,
  InferTensorMessage,
  Integer64,
  TensorContents,
} from './grpc.messages';
import { knownText } from './known.texts';

/**
 * A ModelInferRequest as it goes over the wire, field by field into what is read next: a general decoder makes several
 * times the garbage. What is given more than once counts as proto3 has it. Throws Error where the bytes are no message.
 */
export function decodeInferRequest(bytes: Uint8Array): InferRequestMessage {
  const message: InferRequestMessage = {
    model_name: '',
    model_version: '',
    id: '',
    parameters: undefined,
    inputs: [],
    outputs: [],
    raw_input_contents: [],
  };
  const reader = Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    switch (tag >>> 3) {
      case 1:
        message.model_name = readName(reader);
        break;
      case 2:
        message.model_version = readName(reader);
        break;
      case 3:
        message.id = reader.string();
        break;
      case 4:
        message.parameters = readEntry(reader, message.parameters);
        break;
      case 5:
        message.inputs.push(readTensor(reader));
        break;
      case 6:
        message.outputs.push(readOutput(reader));
        break;
      case 7:
        message.raw_input_contents.push(reader.bytes());
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return message;
}

/** The model's name in a ModelInferRequest of which nothing else is read; empty where the bytes are no message. */
export function requestedModel(bytes: Uint8Array): string {
  const reader = Reader.create(bytes);
  let name = '';
  try {
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag >>> 3 === 1) name = readName(reader);
      else reader.skipType(tag & 7);
    }
  } catch {
    return '';
  }
  return name;
}

/**
 * Begins what lies here with its length: within it nothing beyond its end is read. Gives the end of what surrounds it,
 * for `leave`.
 */
function enter(reader: Reader): number {
  const end = reader.uint32() + reader.pos;
  const outer = reader.len;
  if (end > outer) throw new RangeError('a field is longer than its message');
  reader.len = end;
  return outer;
}

function leave(reader: Reader, outer: number): void {
  if (reader.pos !== reader.len) throw new RangeError('a field is longer than it says');
  reader.len = outer;
}

/** A text that is kept. Of any other nothing is read. */
function readKnown(reader: Reader): string | undefined {
  const { pos } = reader;
  const length = reader.uint32();
  const end = reader.pos + length;
  const text = end > reader.len ? undefined : knownText(reader.buf, reader.pos, end);
  reader.pos = text === undefined ? pos : end;
  return text;
}

const readName = (reader: Reader): string => readKnown(reader) ?? reader.string();
const readText = (reader: Reader): string | Uint8Array => readKnown(reader) ?? reader.bytes();

function readTensor(reader: Reader): InferTensorMessage {
  const tensor: InferTensorMessage = { name: '', datatype: '', shape: [], parameters: undefined, contents: null };
  const outer = enter(reader);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    switch (tag >>> 3) {
      case 1:
        tensor.name = readName(reader);
        break;
      case 2:
        tensor.datatype = readName(reader);
        break;
      case 3:
        tensor.shape = readValues(reader, tag, tensor.shape, readInt64);
        break;
      case 4:
        tensor.parameters = readEntry(reader, tensor.parameters);
        break;
      case 5:
        // Given again, it takes the place of the first, as in the decoder that all others use here.
        tensor.contents = readContents(reader);
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  leave(reader, outer);
  return tensor;
}

function readContents(reader: Reader): TensorContents {
  const contents: TensorContents = {};
  const outer = enter(reader);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    switch (tag >>> 3) {
      case 1:
        contents.bool_contents = readValues(reader, tag, contents.bool_contents, readBool);
        break;
      case 2:
        contents.int_contents = readValues(reader, tag, contents.int_contents, readInt32);
        break;
      case 3:
        contents.int64_contents = readValues(reader, tag, contents.int64_contents, readInt64);
        break;
      case 4:
        contents.uint_contents = readValues(reader, tag, contents.uint_contents, readUint32);
        break;
      case 5:
        contents.uint64_contents = readValues(reader, tag, contents.uint64_contents, readUint64);
        break;
      case 6:
        contents.fp32_contents = readValues(reader, tag, contents.fp32_contents, readFloat);
        break;
      case 7:
        contents.fp64_contents = readValues(reader, tag, contents.fp64_contents, readDouble);
        break;
      case 8:
        contents.bytes_contents = behind(contents.bytes_contents, readText(reader));
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  leave(reader, outer);
  return contents;
}

/** A list of one takes no more room than it needs. */
function behind<T>(values: T[] | undefined, value: T): T[] {
  if (values === undefined || values.length === 0) return [value];
  values.push(value);
  return values;
}

/** One value, or packed ones, behind those that came before. */
function readValues<T>(reader: Reader, tag: number, before: T[] | undefined, read: (reader: Reader) => T): T[] {
  if ((tag & 7) !== 2) return behind(before, read(reader));
  let values = before;
  const outer = enter(reader);
  while (reader.pos < reader.len) values = behind(values, read(reader));
  leave(reader, outer);
  return values ?? [];
}

const readBool = (reader: Reader): boolean => reader.bool();
const readInt32 = (reader: Reader): number => reader.int32();
const readUint32 = (reader: Reader): number => reader.uint32();
const readFloat = (reader: Reader): number => reader.float();
const readDouble = (reader: Reader): number => reader.double();

/** Nearly all are of one byte: sizes, codes of categories. */
const isShort = (reader: Reader): boolean => reader.pos < reader.len && (reader.buf[reader.pos] as number) < 0x80;
const readInt64 = (reader: Reader): Integer64 =>
  isShort(reader) ? reader.uint32() : (reader.int64() as unknown as Integer64);
const readUint64 = (reader: Reader): Integer64 =>
  isShort(reader) ? reader.uint32() : (reader.uint64() as unknown as Integer64);

function readOutput(reader: Reader): InferRequestMessage['outputs'][number] {
  const output: InferRequestMessage['outputs'][number] = { name: '', parameters: undefined };
  const outer = enter(reader);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 === 1) output.name = readName(reader);
    else if (tag >>> 3 === 2) output.parameters = readEntry(reader, output.parameters);
    else reader.skipType(tag & 7);
  }
  leave(reader, outer);
  return output;
}

/** The map, which inherits nothing that a name could be that of, with one more entry. */
function readEntry(
  reader: Reader,
  parameters: InferParameters = Object.create(null) as InferParameters,
): InferParameters {
  let name = '';
  let parameter: InferParameter = {};
  const outer = enter(reader);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 === 1) name = readName(reader);
    else if (tag >>> 3 === 2) parameter = readParameter(reader);
    else reader.skipType(tag & 7);
  }
  leave(reader, outer);
  parameters[name] = parameter;
  return parameters;
}

function readParameter(reader: Reader): InferParameter {
  let parameter: InferParameter = {};
  const outer = enter(reader);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    switch (tag >>> 3) {
      case 1:
        parameter = { bool_param: reader.bool(), parameter_choice: 'bool_param' };
        break;
      case 2:
        parameter = { int64_param: readInt64(reader), parameter_choice: 'int64_param' };
        break;
      case 3:
        parameter = { string_param: reader.string(), parameter_choice: 'string_param' };
        break;
      case 4:
        parameter = { double_param: reader.double(), parameter_choice: 'double_param' };
        break;
      case 5:
        parameter = { uint64_param: readUint64(reader), parameter_choice: 'uint64_param' };
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  leave(reader, outer);
  return parameter;
}
