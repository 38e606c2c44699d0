import type { InferTensor, TensorContents } from './infer.messages';

export type TensorValue = boolean | number | string;
type Field = keyof TensorContents;

interface Datatype {
  field: Field;
  /** Bytes of one element in raw contents; absent for BYTES, whose elements carry their length. */
  size?: number;
  read?(view: DataView, at: number): boolean | number;
}

/** Raw contents are little endian. FP16 has no typed field and is not taken. */
const DATATYPES: Record<string, Datatype> = {
  BOOL: { field: 'bool_contents', size: 1, read: (view, at) => view.getUint8(at) !== 0 },
  INT8: { field: 'int_contents', size: 1, read: (view, at) => view.getInt8(at) },
  INT16: { field: 'int_contents', size: 2, read: (view, at) => view.getInt16(at, true) },
  INT32: { field: 'int_contents', size: 4, read: (view, at) => view.getInt32(at, true) },
  INT64: { field: 'int64_contents', size: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  UINT8: { field: 'uint_contents', size: 1, read: (view, at) => view.getUint8(at) },
  UINT16: { field: 'uint_contents', size: 2, read: (view, at) => view.getUint16(at, true) },
  UINT32: { field: 'uint_contents', size: 4, read: (view, at) => view.getUint32(at, true) },
  UINT64: { field: 'uint64_contents', size: 8, read: (view, at) => Number(view.getBigUint64(at, true)) },
  FP32: { field: 'fp32_contents', size: 4, read: (view, at) => view.getFloat32(at, true) },
  FP64: { field: 'fp64_contents', size: 8, read: (view, at) => view.getFloat64(at, true) },
  BYTES: { field: 'bytes_contents' },
};

const decoder = new TextDecoder('utf-8', { fatal: true });

export type Read = { values: TensorValue[] } | { rule: string };

/** All elements of a tensor, from typed or raw contents. */
export function readTensor({ datatype, contents }: InferTensor, raw: Uint8Array | undefined): Read {
  const type = DATATYPES[datatype];
  if (!type) return { rule: `datatype must be one of ${Object.keys(DATATYPES).join(', ')}` };
  try {
    if (raw) return type.read ? readRaw(raw, type as Required<Datatype>) : readRawBytes(raw);
    const values = contents?.[type.field] ?? [];
    return { values: values.map((value) => (value instanceof Uint8Array ? decoder.decode(value) : value)) };
  } catch {
    return { rule: 'BYTES must be text in UTF-8' };
  }
}

function readRaw(raw: Uint8Array, { size, read }: Required<Datatype>): Read {
  if (raw.byteLength % size !== 0) return { rule: `raw contents must be a multiple of ${size} bytes` };
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return { values: Array.from({ length: raw.byteLength / size }, (_, index) => read(view, index * size)) };
}

/** Each element is its length in 4 bytes, then its bytes. */
function readRawBytes(raw: Uint8Array): Read {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const values: string[] = [];
  for (let at = 0; at < raw.byteLength;) {
    const end = at + 4 <= raw.byteLength ? at + 4 + view.getUint32(at, true) : Infinity;
    if (end > raw.byteLength) return { rule: 'raw contents of BYTES must be elements of 4 bytes length and the bytes' };
    values.push(decoder.decode(raw.subarray(at + 4, end)));
    at = end;
  }
  return { values };
}
