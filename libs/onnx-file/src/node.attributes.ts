import { ATTRIBUTE } from './onnx.fields';
import { type NodeParts, textOf } from './model.parts';
import { type Field, fieldsOf } from './protobuf.reader';

const decoder = new TextDecoder();

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
const integersIn = ({ content, raw }: Field): bigint[] => varints(content ?? raw.subarray(1));

/** The texts or whole numbers of a list attribute, as text; undefined where the node has none of that name. */
export function listAttribute({ attributes }: NodeParts, name: string): string[] | undefined {
  const attribute = attributes.find((each) => textOf(each, ATTRIBUTE.name) === name);
  if (attribute === undefined) return undefined;
  return [...fieldsOf(attribute)].flatMap((field) => {
    if (field.number === ATTRIBUTE.strings && field.content) return [decoder.decode(field.content)];
    return field.number === ATTRIBUTE.integers ? integersIn(field).map(String) : [];
  });
}
