// Wire format: https://protobuf.dev/programming-guides/encoding/
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;
/** Of a 64-bit number. */
const LONGEST_VARINT = 10;

export interface Field {
  number: number;
  /** The field as it lies in the message, tag and length included. */
  raw: Uint8Array;
  /** Only of length-delimited fields. */
  content?: Uint8Array;
  /** Only of varints: exact up to 2^53; what is negative as int64 is 2^63 or more. */
  value?: number;
  /** Only of numbers of fixed size: 4 or 8 bytes. */
  fixed?: number;
}

export class MalformedMessageError extends Error {}

/** The fields of one message, in order; those within are not looked into. Throws MalformedMessageError. */
export function* fieldsOf(message: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    const start = at;
    // Multiplied, not shifted: lengths may pass 2^31.
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = message[at++];
      if (byte === undefined) throw new MalformedMessageError('the file ends within a number');
      if (at - start > LONGEST_VARINT) throw new MalformedMessageError('a number is longer than 64 bits');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Uint8Array => {
    if (length > message.byteLength - at) throw new MalformedMessageError('the file ends within a field');
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.byteLength) {
    const start = at;
    const tag = varint();
    const wireType = tag % 8;
    const number = Math.floor(tag / 8);
    const whole = (field: Omit<Field, 'number' | 'raw'>): Field => ({
      ...field,
      number,
      raw: message.subarray(start, at),
    });
    if (wireType === LENGTH_DELIMITED) {
      const content = take(varint());
      yield whole({ content });
    } else if (wireType === VARINT) {
      const value = varint();
      yield whole({ value });
    } else if (wireType === FIXED64) yield whole({ fixed: take(8).byteLength });
    else if (wireType === FIXED32) yield whole({ fixed: take(4).byteLength });
    else throw new MalformedMessageError(`wire type ${wireType} does not exist`);
  }
}
