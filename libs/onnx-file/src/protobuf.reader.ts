// Wire format: https://protobuf.dev/programming-guides/encoding/
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;
/** Of a 64-bit number. */
const LONGEST_VARINT = 10;

export class Field {
  constructor(
    readonly number: number,
    private readonly message: Uint8Array,
    private readonly start: number,
    private readonly end: number,
    /** Only of length-delimited fields. */
    readonly content?: Uint8Array,
    /** Only of varints: exact up to 2^53; what is negative as int64 is 2^63 or more. */
    readonly value?: number,
    /** Only of numbers of fixed size: 4 or 8 bytes. */
    readonly fixed?: number,
  ) {}

  /** The field as it lies in the message, tag and length included; made when asked for, as views cost much. */
  get raw(): Uint8Array {
    return this.message.subarray(this.start, this.end);
  }
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
  const skip = (length: number): number => {
    if (length > message.byteLength - at) throw new MalformedMessageError('the file ends within a field');
    at += length;
    return length;
  };
  const take = (length: number): Uint8Array => message.subarray(at, at + skip(length));
  while (at < message.byteLength) {
    const start = at;
    const tag = varint();
    const wireType = tag % 8;
    const number = Math.floor(tag / 8);
    const field = (content?: Uint8Array, value?: number, fixed?: number) =>
      new Field(number, message, start, at, content, value, fixed);
    if (wireType === LENGTH_DELIMITED) {
      const content = take(varint());
      yield field(content);
    } else if (wireType === VARINT) {
      const value = varint();
      yield field(undefined, value);
    } else if (wireType === FIXED64) yield field(undefined, undefined, skip(8));
    else if (wireType === FIXED32) yield field(undefined, undefined, skip(4));
    else throw new MalformedMessageError(`wire type ${wireType} does not exist`);
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** A name as it is written: columns of files that began with a byte order mark have it in theirs. */
export const decodeText = (bytes: Uint8Array): string => utf8.decode(bytes);
