// onnxruntime-node does not expose metadata_props, so they are read from the file itself. Field numbers: onnx.proto.
import { decodeText, fieldsOf } from './protobuf.reader';

const METADATA_PROPS = 14;
const KEY = 1;
const VALUE = 2;

/** `metadata_props` of an ONNX ModelProto. Throws an Error when the bytes are no protobuf message. */
export function readMetadata(model: Uint8Array): Record<string, string> {
  const metadata = new Map<string, string>();
  for (const { number, content } of fieldsOf(model)) {
    if (number !== METADATA_PROPS || content === undefined) continue;
    const entry = { [KEY]: '', [VALUE]: '' };
    for (const field of fieldsOf(content)) {
      if (field.content !== undefined) entry[field.number as 1 | 2] = decodeText(field.content);
    }
    metadata.set(entry[KEY], entry[VALUE]);
  }
  // Own properties, whatever their name: an assignment to `__proto__` would be lost.
  return Object.fromEntries(metadata);
}
