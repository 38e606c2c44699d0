// onnxruntime-node does not expose metadata_props, so they are read from the file itself.
// Wire format: https://protobuf.dev/programming-guides/encoding/; field numbers: onnx.proto.
const METADATA_PROPS = 14;
const KEY = 1;
const VALUE = 2;

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

interface Field {
  number: number;
  /** Only of length-delimited fields. */
  content?: Uint8Array;
}

class TruncatedError extends Error {}

function* fieldsOf(message: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    // Multiplied, not shifted: lengths may pass 2^31. Negative 64-bit values lose precision, and are skipped anyway.
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = message[at++];
      if (byte === undefined) throw new TruncatedError('the file ends within a number');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Uint8Array => {
    if (length > message.byteLength - at) throw new TruncatedError('the file ends within a field');
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.byteLength) {
    const tag = varint();
    const wireType = tag % 8;
    const number = Math.floor(tag / 8);
    if (wireType === LENGTH_DELIMITED) yield { number, content: take(varint()) };
    else if (wireType === VARINT) varint();
    else if (wireType === FIXED64) take(8);
    else if (wireType === FIXED32) take(4);
    else throw new TruncatedError(`wire type ${wireType} does not exist`);
  }
}

/** `metadata_props` of an ONNX ModelProto. Throws an Error when the bytes are no protobuf message. */
export function readMetadata(model: Uint8Array): Record<string, string> {
  const decoder = new TextDecoder();
  const metadata = new Map<string, string>();
  for (const { number, content } of fieldsOf(model)) {
    if (number !== METADATA_PROPS || content === undefined) continue;
    const entry = { [KEY]: '', [VALUE]: '' };
    for (const field of fieldsOf(content)) {
      if (field.content !== undefined) entry[field.number as 1 | 2] = decoder.decode(field.content);
    }
    metadata.set(entry[KEY], entry[VALUE]);
  }
  // Own properties, whatever their name: an assignment to `__proto__` would be lost.
  return Object.fromEntries(metadata);
}
