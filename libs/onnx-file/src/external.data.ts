import { rewritten } from './message.rewriter';
import { ATTRIBUTE, ENTRY, GRAPH, MODEL, NODE, SPARSE_TENSOR, TENSOR } from './onnx.fields';
import { decodeText, type Field, fieldsOf, MalformedMessageError } from './protobuf.reader';
import { concatenate, content } from './protobuf.writer';
import { unsuitable } from './unsuitable-model.error';

/** Files that hold data of a model's tensors, by the name that the model gives them. */
export type ExternalFiles = ReadonlyMap<string, Uint8Array>;

/** Bytes of a file; without a length up to its end. */
interface Stretch {
  location: string;
  offset: number;
  length: number | null;
}

/** Null leaves the tensor as it is. */
type Data = (stretch: Stretch) => Uint8Array | null;

const EXTERNAL = 1;
/** Graphs within graphs. */
const MAX_DEPTH = 16;

/** Names of the files that hold data of the model's tensors, each once. Throws MalformedMessageError and UnsuitableModelError. */
export function externalFiles(model: Uint8Array): string[] {
  const names = new Set<string>();
  withData(model, ({ location }) => {
    names.add(location);
    return null;
  });
  return [...names];
}

/**
 * The model as one file, its tensors with their data. maxBytes: of all that is put in, as many tensors may share a file.
 * Throws UnsuitableModelError where a file is missing or too short.
 */
export function inlineExternalData(model: Uint8Array, files: ExternalFiles, maxBytes: number): Uint8Array {
  let total = 0;
  return withData(model, ({ location, offset, length }) => {
    const file = files.get(location);
    if (file === undefined) throw unsuitable('external data', location, 'must be a file beside the model');
    const end = length === null ? file.byteLength : offset + length;
    if (end > file.byteLength || offset > end) {
      throw unsuitable('external data', location, `must have ${end} bytes; it has ${file.byteLength}`);
    }
    total += end - offset;
    if (total > maxBytes) throw unsuitable('external data', total, `must be at most ${maxBytes} bytes together`);
    return file.subarray(offset, end);
  });
}

const withData = (model: Uint8Array, data: Data): Uint8Array =>
  within(model, (field) => (field.number === MODEL.graph ? graph(field.content, data, 0) : undefined));

/** Fields of bytes as `change` says; undefined keeps one. */
const within = (
  message: Uint8Array,
  change: (field: { number: number; content: Uint8Array }) => Uint8Array | undefined,
) =>
  rewritten(message, ({ number, content: bytes }) => {
    const changed = bytes && change({ number, content: bytes });
    return changed && content(number, changed);
  });

function graph(message: Uint8Array, data: Data, depth: number): Uint8Array {
  if (depth > MAX_DEPTH) throw new MalformedMessageError(`graphs lie within more than ${MAX_DEPTH} others`);
  return within(message, ({ number, content: bytes }) => {
    if (number === GRAPH.initializer) return tensor(bytes, data);
    if (number === GRAPH.sparseInitializer) return sparse(bytes, data);
    if (number !== GRAPH.node) return undefined;
    return within(bytes, (part) => (part.number === NODE.attribute ? attribute(part.content, data, depth) : undefined));
  });
}

const attribute = (message: Uint8Array, data: Data, depth: number): Uint8Array =>
  within(message, ({ number, content: bytes }) => {
    if (number === ATTRIBUTE.tensor || number === ATTRIBUTE.tensors) return tensor(bytes, data);
    if (number === ATTRIBUTE.sparseTensor || number === ATTRIBUTE.sparseTensors) return sparse(bytes, data);
    return number === ATTRIBUTE.graph || number === ATTRIBUTE.graphs ? graph(bytes, data, depth + 1) : undefined;
  });

const sparse = (message: Uint8Array, data: Data): Uint8Array =>
  within(message, ({ number, content: bytes }) =>
    number === SPARSE_TENSOR.values || number === SPARSE_TENSOR.indices ? tensor(bytes, data) : undefined,
  );

function tensor(message: Uint8Array, data: Data): Uint8Array | undefined {
  const fields = [...fieldsOf(message)];
  if (!fields.some(({ number, value }) => number === TENSOR.dataLocation && value === EXTERNAL)) return undefined;
  const bytes = data(stretchOf(fields));
  if (bytes === null) return undefined;
  const kept = rewritten(message, ({ number }) =>
    number === TENSOR.dataLocation || number === TENSOR.externalData || number === TENSOR.rawData ? null : undefined,
  );
  return concatenate([kept, content(TENSOR.rawData, bytes)]);
}

function stretchOf(fields: readonly Field[]): Stretch {
  const entries = new Map(
    fields.flatMap(({ number, content: bytes }) => (number === TENSOR.externalData && bytes ? [entryOf(bytes)] : [])),
  );
  const location = entries.get('location') ?? '';
  if (!isPlainName(location)) {
    throw unsuitable('external data', location, 'must name a file in the directory of the model, or below it');
  }
  const whole = (name: string) => {
    const text = entries.get(name);
    if (text === undefined) return null;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    if (Number.isNaN(value)) throw unsuitable(`external data ${name}`, text, 'must be a whole number');
    return value;
  };
  return { location, offset: whole('offset') ?? 0, length: whole('length') };
}

function entryOf(message: Uint8Array): [string, string] {
  const entry = { [ENTRY.key]: '', [ENTRY.value]: '' };
  for (const { number, content: bytes } of fieldsOf(message)) {
    if (bytes) entry[number as 1 | 2] = decodeText(bytes);
  }
  return [entry[ENTRY.key], entry[ENTRY.value]];
}

/** A relative path that does not climb. */
const isPlainName = (location: string): boolean =>
  location !== '' &&
  !/[\\\0:]/.test(location) &&
  location.split('/').every((part) => part !== '' && !/^\.\.?$/.test(part));
