import { varintAt } from './varint';

/** Thrift's compact protocol: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md */
const STOP = 0;
const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

/** Bytes of a number of 64 bits. */
const LONGEST = 10;

/** Parquet's own structures are nested less than half as deep. */
const DEEPEST = 20;

/**
 * Walks over the struct at `at` and returns where it ends, before a reader makes objects of it: lengths must fit in
 * the bytes that are there, which also bounds what the reader allocates. Throws an Error that says what is wrong.
 */
export function endOfStruct(bytes: Uint8Array, at: number, depth = 0): number {
  if (depth > DEEPEST) throw new Error(`structures are nested deeper than ${DEEPEST}`);
  let next = at;
  const byte = (): number => {
    const value = bytes[next++];
    if (value === undefined) throw new Error('a structure ends too early');
    return value;
  };
  const varint = (): number => {
    const { value, end } = varintAt(bytes, next, LONGEST);
    next = end;
    return value;
  };
  const skip = (type: number): void => {
    if (type === TRUE || type === FALSE) return;
    if (type === BYTE) next += 1;
    else if (type > BYTE && type < DOUBLE) varint();
    else if (type === DOUBLE) next += 8;
    else if (type === BINARY) {
      const length = varint();
      next += length;
    } else if (type === LIST) skipList();
    else if (type === STRUCT) next = endOfStruct(bytes, next, depth + 1);
    else throw new Error(`type ${type} is not known`);
    if (next > bytes.length) throw new Error('a structure ends too early');
  };
  const skipList = (): void => {
    const head = byte();
    const length = head >> 4 === 15 ? varint() : head >> 4;
    // Each element takes a byte at least, in what writers of Parquet make lists of.
    if (length > bytes.length - next) throw new Error(`a list of ${length} elements does not fit`);
    const type = head & 0x0f;
    for (let element = 0; element < length; element++) skip(type === TRUE || type === FALSE ? BYTE : type);
  };
  for (let head = byte(); (head & 0x0f) !== STOP; head = byte()) {
    if (head >> 4 === 0) varint();
    skip(head & 0x0f);
  }
  return next;
}
