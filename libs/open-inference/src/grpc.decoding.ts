import { Reader } from 'protobufjs/minimal';
import type {
  InferParameter,
  InferParameters,
  InferRequestMessage,
  InferTensorMessage,
  Integer64,
  TensorContents,
} from './grpc.messages';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * A ModelInferRequest as it goes over the wire, field by field into what is read next: a general decoder makes several
 * times the garbage. What is given more than once counts as proto3 has it. Throws Error where the bytes are no message.
 */
export function decodeInferRequest(bytes: Uint8Array): InferRequestMessage {
  const message: Mutable<InferRequestMessage> = {
    ...{ model_name: '', model_version: '', id: '', parameters: undefined },
    ...{ inputs: [], outputs: [], raw_input_contents: [] },
  };
  const reader = Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    switch (tag >>> 3) {
      case 1:
        message.model_name = reader.string();
        break;
      case 2:
        message.model_version = reader.string();
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
      if (tag >>> 3 === 1) name = reader.string();
      else reader.skipType(tag & 7);
    }
  } catch {
    return '';
  }
  return name;
}

/** Calls `next` until what begins here with its length is read. */
function readWhole(reader: Reader, next: () => void): void {
  const end = reader.uint32() + reader.pos;
  const outer = reader.len;
  if (end > outer) throw new RangeError('a field is longer than its message');
  reader.len = end;
  while (reader.pos < end) next();
  if (reader.pos !== end) throw new RangeError('a field is longer than it says');
  reader.len = outer;
}

/** Calls `field` with each tag of the message that begins here with its length. */
const within = (reader: Reader, field: (tag: number) => void): void => readWhole(reader, () => field(reader.uint32()));

function readTensor(reader: Reader): InferTensorMessage {
  const tensor: InferTensorMessage = { name: '', datatype: '', shape: [], parameters: undefined, contents: null };
  within(reader, (tag) => {
    switch (tag >>> 3) {
      case 1:
        return void (tensor.name = reader.string());
      case 2:
        return void (tensor.datatype = reader.string());
      case 3:
        return void (tensor.shape = readValues(reader, tag, tensor.shape, readInt64));
      case 4:
        return void (tensor.parameters = readEntry(reader, tensor.parameters));
      case 5:
        // Given again, it takes the place of the first, as in the decoder that all others use here.
        return void (tensor.contents = readContents(reader));
      default:
        return void reader.skipType(tag & 7);
    }
  });
  return tensor;
}

function readContents(reader: Reader): TensorContents {
  const contents: TensorContents = {};
  within(reader, (tag) => {
    switch (tag >>> 3) {
      case 1:
        return void (contents.bool_contents = readValues(reader, tag, contents.bool_contents, readBool));
      case 2:
        return void (contents.int_contents = readValues(reader, tag, contents.int_contents, readInt32));
      case 3:
        return void (contents.int64_contents = readValues(reader, tag, contents.int64_contents, readInt64));
      case 4:
        return void (contents.uint_contents = readValues(reader, tag, contents.uint_contents, readUint32));
      case 5:
        return void (contents.uint64_contents = readValues(reader, tag, contents.uint64_contents, readUint64));
      case 6:
        return void (contents.fp32_contents = readValues(reader, tag, contents.fp32_contents, readFloat));
      case 7:
        return void (contents.fp64_contents = readValues(reader, tag, contents.fp64_contents, readDouble));
      case 8:
        if (contents.bytes_contents === undefined) contents.bytes_contents = [reader.bytes()];
        else contents.bytes_contents.push(reader.bytes());
        return;
      default:
        return void reader.skipType(tag & 7);
    }
  });
  return contents;
}

/** One value, or packed ones, behind those that came before. A list of one takes no more room than it needs. */
function readValues<T>(reader: Reader, tag: number, before: T[] | undefined, read: (reader: Reader) => T): T[] {
  let values = before;
  const next = () => {
    const value = read(reader);
    if (values === undefined || values.length === 0) values = [value];
    else values.push(value);
  };
  if ((tag & 7) === 2) readWhole(reader, next);
  else next();
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
  within(reader, (tag) => {
    if (tag >>> 3 === 1) output.name = reader.string();
    else if (tag >>> 3 === 2) output.parameters = readEntry(reader, output.parameters);
    else reader.skipType(tag & 7);
  });
  return output;
}

/** The map, which inherits nothing that a name could be that of, with one more entry. */
function readEntry(
  reader: Reader,
  parameters: InferParameters = Object.create(null) as InferParameters,
): InferParameters {
  let name = '';
  let parameter: InferParameter = {};
  within(reader, (tag) => {
    if (tag >>> 3 === 1) name = reader.string();
    else if (tag >>> 3 === 2) parameter = readParameter(reader);
    else reader.skipType(tag & 7);
  });
  parameters[name] = parameter;
  return parameters;
}

function readParameter(reader: Reader): InferParameter {
  let parameter: InferParameter = {};
  within(reader, (tag) => {
    switch (tag >>> 3) {
      case 1:
        return void (parameter = { bool_param: reader.bool(), parameter_choice: 'bool_param' });
      case 2:
        return void (parameter = { int64_param: readInt64(reader), parameter_choice: 'int64_param' });
      case 3:
        return void (parameter = { string_param: reader.string(), parameter_choice: 'string_param' });
      case 4:
        return void (parameter = { double_param: reader.double(), parameter_choice: 'double_param' });
      case 5:
        return void (parameter = { uint64_param: readUint64(reader), parameter_choice: 'uint64_param' });
      default:
        return void reader.skipType(tag & 7);
    }
  });
  return parameter;
}
