import { type NodeParts, textOf } from './model.parts';
import { ATTRIBUTE } from './onnx.fields';
import { decodeText, type Field, fieldsOf } from './protobuf.reader';

/** Whole numbers of 64 bits, one after the other. */
function varints(bytes: Uint8Array): bigint[] {
  const numbers: bigint[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte >= 0x80) continue;
    numbers.push(BigInt.asIntN(64, value));
    value = shift = 0n;
  }
  return numbers;
}

/** Packed, or one for each field: then the tag, of one byte, comes first. */
const bytesOf = ({ content, raw }: Field): Uint8Array => content ?? raw.subarray(1);

const integersIn = (field: Field): bigint[] => varints(bytesOf(field));

function floatsIn(field: Field): number[] {
  const bytes = bytesOf(field);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength >> 2 }, (_, at) => view.getFloat32(at * 4, true));
}

/** Lists may be longer than a call has arguments. */
function append<T>(list: T[], more: readonly T[]): void {
  for (const value of more) list.push(value);
}

export interface AttributeValues {
  readonly texts: readonly string[];
  readonly integers: readonly bigint[];
  readonly floats: readonly number[];
}

/** By name, what attributes hold of these kinds, single values or lists; undefined where a name is there twice. */
export function attributeValues({ attributes }: NodeParts): Map<string, AttributeValues> | undefined {
  const values = new Map<string, AttributeValues>();
  for (const attribute of attributes) {
    const found = { texts: [] as string[], integers: [] as bigint[], floats: [] as number[] };
    for (const field of fieldsOf(attribute)) {
      const { number, content } = field;
      if (number === ATTRIBUTE.strings && content) found.texts.push(decodeText(content));
      else if (number === ATTRIBUTE.integer || number === ATTRIBUTE.integers) append(found.integers, integersIn(field));
      else if (number === ATTRIBUTE.float || number === ATTRIBUTE.floats) append(found.floats, floatsIn(field));
    }
    values.set(textOf(attribute, ATTRIBUTE.name), found);
  }
  return values.size === attributes.length ? values : undefined;
}

/** The texts or whole numbers of a list attribute, as text; undefined where the node has none of that name. */
export function listAttribute(node: NodeParts, name: string): string[] | undefined {
  const values = attributeValues(node)?.get(name);
  return values && [...values.texts, ...values.integers.map(String)];
}
