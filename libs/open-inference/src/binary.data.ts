import { type Datatype, type Element, rulesOf } from './datatype';
import { knownText } from './known.texts';
import { invalid } from './open-inference.error';

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Text of an element of BYTES. Throws INVALID_INPUT where it is no UTF-8. */
export function textOf(bytes: Uint8Array, name: string, index: number): string {
  try {
    return knownText(bytes, 0, bytes.byteLength) ?? decoder.decode(bytes);
  } catch {
    throw invalid(name, `bytes at ${index}`, 'must hold text in UTF-8');
  }
}

/** The elements of a tensor in its binary form, as many as its shape says. Throws INVALID_INPUT. */
export function readBinary(name: string, datatype: Datatype, count: number, bytes: Uint8Array): Element[] {
  const { size, read } = rulesOf(datatype);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (size === 0) return readTexts(name, count, bytes, view);
  if (bytes.byteLength !== count * size) {
    const rule = `must have ${count * size} bytes of ${datatype}, ${size} for each of ${count} values`;
    throw invalid(name, bytes.byteLength, rule);
  }
  const values: Element[] = new Array(count);
  for (let i = 0; i < count; i += 1) values[i] = read(view, i * size);
  return values;
}

/** Each element is its length in 4 bytes, little endian, then its bytes. */
function readTexts(name: string, count: number, bytes: Uint8Array, view: DataView): string[] {
  const values: string[] = [];
  for (let at = 0; at < bytes.byteLength;) {
    const end = at + 4 <= bytes.byteLength ? at + 4 + view.getUint32(at, true) : Infinity;
    if (end > bytes.byteLength) {
      throw invalid(
        name,
        `the end after ${bytes.byteLength} bytes`,
        'must hold BYTES as 4 bytes of length, then the bytes',
      );
    }
    values.push(textOf(bytes.subarray(at + 4, end), name, values.length));
    at = end;
  }
  if (values.length !== count) throw invalid(name, values.length, `must have ${count} elements as its shape says`);
  return values;
}

/** The binary form of an output. */
export function writeBinary(datatype: Datatype, values: readonly (boolean | number | string)[]): Uint8Array {
  if (datatype === 'BYTES') return writeTexts(values.map(String));
  const { size } = rulesOf(datatype);
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => WRITERS[datatype]?.(view, index * size, value as never));
  return bytes;
}

type Write = (view: DataView, at: number, value: number) => void;

/** Datatypes of outputs. */
const WRITERS: Partial<Record<Datatype, Write>> = {
  BOOL: (view, at, value) => view.setUint8(at, value ? 1 : 0),
  INT32: (view, at, value) => view.setInt32(at, value, true),
  INT64: (view, at, value) => view.setBigInt64(at, BigInt(value), true),
  FP32: (view, at, value) => view.setFloat32(at, value, true),
  FP64: (view, at, value) => view.setFloat64(at, value, true),
};

function writeTexts(texts: readonly string[]): Uint8Array {
  const encoder = new TextEncoder();
  const parts = texts.map((text) => encoder.encode(text));
  const bytes = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + 4 + byteLength, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.byteLength, true);
    bytes.set(part, at + 4);
    at += 4 + part.byteLength;
  }
  return bytes;
}
