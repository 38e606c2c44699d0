import { refusedModel } from './model.limits';
import { type Field, fieldsOf } from '@perennial/onnx-file';

// Field numbers of TensorProto: onnx.proto.
const DIMS = 1;
const DATA_TYPE = 2;
const FLOAT_DATA = 4;
const INT32_DATA = 5;
const STRING_DATA = 6;
const INT64_DATA = 7;
const NAME = 8;
const RAW_DATA = 9;
const DOUBLE_DATA = 10;
const UINT64_DATA = 11;
const EXTERNAL_DATA = 13;
const DATA_LOCATION = 14;

const MAX_RANK = 64;

interface Layout {
  /** Of an element in raw_data; 0 where it cannot be there. */
  bits: number;
  /** The field that holds the elements otherwise, and how many of its numbers an element takes. */
  field: number;
  each: number;
}

const layout = (bits: number, field: number, each = 1): Layout => ({ bits, field, each });

/** By data_type, from 1. */
const LAYOUTS: readonly Layout[] = [
  layout(32, FLOAT_DATA), // float
  ...[8, 8, 16, 16, 32].map((bits) => layout(bits, INT32_DATA)), // uint8, int8, uint16, int16, int32
  layout(64, INT64_DATA),
  layout(0, STRING_DATA),
  layout(8, INT32_DATA), // bool
  layout(16, INT32_DATA), // float16
  layout(64, DOUBLE_DATA),
  ...[32, 64].map((bits) => layout(bits, UINT64_DATA)),
  layout(64, FLOAT_DATA, 2), // complex64
  layout(128, DOUBLE_DATA, 2),
  layout(16, INT32_DATA), // bfloat16
  ...[8, 8, 8, 8].map((bits) => layout(bits, INT32_DATA)), // float8
  ...[4, 4, 4].map((bits) => layout(bits, INT32_DATA, 0.5)), // uint4, int4, float4
];

interface Tensor {
  dims: number[];
  type: number;
  name: string;
  external: boolean;
  location: string | null;
  /** Bytes of raw_data; null where there is none. */
  raw: number | null;
  /** Numbers or strings by field. */
  counts: Map<number, number>;
}

/** Numbers end with a byte below 128. */
function varints(packed: Uint8Array): number {
  let count = 0;
  for (const byte of packed) if (byte < 0x80) count += 1;
  return count;
}

function elementsIn({ number, content }: Field): number {
  if (content === undefined || number === STRING_DATA) return 1;
  if (number === FLOAT_DATA) return content.byteLength / 4;
  return number === DOUBLE_DATA ? content.byteLength / 8 : varints(content);
}

function read(bytes: Uint8Array): Tensor {
  const decoder = new TextDecoder();
  const counts = new Map<number, number>();
  const tensor: Tensor = { dims: [], type: 0, name: '', external: false, location: null, raw: null, counts };
  for (const field of fieldsOf(bytes)) {
    const { number, content, value = 0 } = field;
    if (number === DIMS && tensor.dims.length <= MAX_RANK) {
      tensor.dims.push(...(content === undefined ? [value] : numbersIn(content)));
    }
    if (number === DATA_TYPE) tensor.type = value;
    else if (number === NAME && content) tensor.name = decoder.decode(content);
    else if (number === RAW_DATA && content) tensor.raw = content.byteLength;
    else if (number === DATA_LOCATION) tensor.external ||= value !== 0;
    else if (number === EXTERNAL_DATA && content) {
      tensor.external = true;
      tensor.location ??= locationIn(content, decoder);
    } else if ([FLOAT_DATA, INT32_DATA, STRING_DATA, INT64_DATA, DOUBLE_DATA, UINT64_DATA].includes(number)) {
      counts.set(number, (counts.get(number) ?? 0) + elementsIn(field));
    }
  }
  return tensor;
}

/** Packed varints are the contents of a message without tags: each is read behind a tag of field 1. */
function numbersIn(packed: Uint8Array): number[] {
  const numbers: number[] = [];
  for (let start = 0, at = 0; at < packed.byteLength && numbers.length <= MAX_RANK; at += 1) {
    if ((packed[at] as number) >= 0x80) continue;
    const [field] = fieldsOf(Buffer.concat([Buffer.from([8]), packed.subarray(start, at + 1)]));
    numbers.push(field?.value ?? 0);
    start = at + 1;
  }
  return numbers;
}

function locationIn(entry: Uint8Array, decoder: InstanceType<typeof TextDecoder>): string | null {
  const [key, value] = [...fieldsOf(entry)].map(({ content }) => decoder.decode(content));
  return key === 'location' ? (value ?? null) : null;
}

/**
 * A tensor must hold in the file all that its dims announce: neither memory for what is not there nor another file is
 * ever asked for. Throws MODEL_UNLOADABLE. Returns its name.
 */
export function checkTensor(bytes: Uint8Array, owner: string): string {
  const tensor = read(bytes);
  const field = `${owner} ${tensor.name}`.trim();
  if (tensor.external) {
    throw refusedModel(`${field}: data_location`, tensor.location ?? 'EXTERNAL', 'must be the file itself');
  }
  if (tensor.dims.length > MAX_RANK) throw refusedModel(`${field}: dims`, 'longer', `must be at most ${MAX_RANK}`);
  const form = LAYOUTS[tensor.type - 1];
  if (form === undefined) throw refusedModel(`${field}: data_type`, tensor.type, 'must be a type of ONNX tensors');
  if (!fits(tensor, form)) {
    const held =
      tensor.raw === null ? `${tensor.counts.get(form.field) ?? 0} numbers or strings` : `${tensor.raw} bytes`;
    throw refusedModel(
      `${field}: dims`,
      `[${tensor.dims.map(shown).join(', ')}]`,
      `must be those of its data, ${held}`,
    );
  }
  return tensor.name;
}

const shown = (dim: number): string => (dim < 2 ** 63 ? String(dim) : 'negative');

/** Negative dims are large here, and fit nothing. */
function fits({ dims, raw, counts }: Tensor, { bits, field, each }: Layout): boolean {
  const elements = dims.reduce((product, dim) => product * dim, 1);
  if (raw !== null) return bits > 0 && Math.ceil((elements * bits) / 8) === raw;
  return Math.ceil(elements * each) === (counts.get(field) ?? 0);
}
