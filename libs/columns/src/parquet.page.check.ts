import { type PageHeader, type SchemaElement, snappyUncompress } from 'hyparquet';
import { varintAt } from './varint';

/** A reference of Snappy makes 64 bytes of 3. */
const SNAPPY_RATIO = 22;

/** Bytes of a number of 32 bits. */
const LONGEST = 5;

/** Snappy with the length that the page claims, where so few bytes can give as many. Throws an Error. */
export function checkedSnappy(compressed: Uint8Array, length: number): Uint8Array {
  if (!(length >= 0 && length <= compressed.length * SNAPPY_RATIO + 64)) {
    throw new Error(`${compressed.length} bytes of Snappy cannot give ${length}`);
  }
  const bytes = new Uint8Array(length);
  snappyUncompress(compressed, bytes);
  return bytes;
}

/** Runs of the RLE / bit-packing hybrid: no run is longer than what is still to come of `count` values. */
function checkRuns(bytes: Uint8Array, from: number, width: number, count: number): void {
  let at = from;
  for (let seen = 0; seen < count;) {
    const { value: header, end } = varintAt(bytes, at, LONGEST);
    at = end;
    const length = Math.floor(header / 2);
    const packed = header % 2 === 1;
    if (length === 0 || header >= 2 ** 31 || (!packed && length > count - seen)) {
      throw new Error(`a run of ${length} does not fit in ${count - seen} values`);
    }
    at += packed ? length * width : Math.ceil(width / 8);
    seen += packed ? length * 8 : length;
  }
}

/** A reader makes room for the bit widths of a block before it reads them. */
function checkDelta(bytes: Uint8Array, from: number): void {
  const { end } = varintAt(bytes, from, LONGEST);
  const { value: miniblocks } = varintAt(bytes, end, LONGEST);
  if (miniblocks > bytes.length - end) throw new Error(`a block of ${miniblocks} parts does not fit`);
}

const dictionary = ['PLAIN_DICTIONARY', 'RLE_DICTIONARY'];
const delta = ['DELTA_BINARY_PACKED', 'DELTA_LENGTH_BYTE_ARRAY'];

function checkValues(bytes: Uint8Array, from: number, encoding: string, type: string | undefined, count: number): void {
  if (encoding === 'PLAIN') return;
  if (dictionary.includes(encoding)) {
    const width = bytes[from] ?? 0;
    if (width > 32) throw new Error(`a dictionary's index has ${width} bits`);
    // What a width of nothing says is said without bytes.
    if (width > 0 && from + 1 < bytes.length) checkRuns(bytes, from + 1, width, count);
  } else if (delta.includes(encoding)) {
    if (count > 0) checkDelta(bytes, from);
  } else if (encoding === 'RLE' && type === 'BOOLEAN') checkRuns(bytes, from + 4, 1, count);
  else throw new Error(`encoding ${encoding} is not read from files of unknown origin`);
}

/** What a page of a flat column holds, before a reader makes values of it. Throws an Error. */
export function checkPage(bytes: Uint8Array, header: PageHeader, codec: string, element: SchemaElement): void {
  const { data_page_header: first, data_page_header_v2: second, uncompressed_page_size: whole } = header;
  const optional = element.repetition_type === 'OPTIONAL';
  if (first) {
    const page = codec === 'SNAPPY' ? checkedSnappy(bytes, whole) : bytes;
    if (optional) checkRuns(page, 4, 1, first.num_values);
    const levels = optional ? 4 + new DataView(page.buffer, page.byteOffset, page.length).getUint32(0, true) : 0;
    const filled = optional ? filledIn(page, 4, first.num_values) : first.num_values;
    checkValues(page, levels, first.encoding, element.type, filled);
  } else if (second) checkSecondVersion(bytes, second, whole, codec, element);
}

/** Levels lie before the values, never compressed, with their lengths in the header. */
function checkSecondVersion(
  bytes: Uint8Array,
  header: NonNullable<PageHeader['data_page_header_v2']>,
  whole: number,
  codec: string,
  { repetition_type: repetition, type }: SchemaElement,
): void {
  const { num_values: count, num_nulls: nulls, encoding, is_compressed: compressed } = header;
  const { repetition_levels_byte_length: repeated, definition_levels_byte_length: defined } = header;
  const levels = repeated + defined;
  if (!(repeated >= 0 && defined >= 0 && levels <= bytes.length && levels <= whole)) {
    throw new Error(`levels of ${levels} bytes do not fit`);
  }
  let filled = count;
  if (repetition === 'OPTIONAL') {
    checkRuns(bytes.subarray(0, levels), repeated, 1, count);
    filled = filledIn(bytes, repeated, count);
  }
  if (count - nulls !== filled) throw new Error(`a page of ${count} values says ${nulls} nulls`);
  const body = bytes.subarray(levels);
  const unpacked = codec === 'SNAPPY' && compressed !== false ? checkedSnappy(body, whole - levels) : body;
  checkValues(unpacked, 0, encoding, type, filled);
}

/** Values of a page that are not null: levels of 1. */
function filledIn(page: Uint8Array, from: number, count: number): number {
  let filled = 0;
  let at = from;
  for (let seen = 0; seen < count;) {
    const { value: header, end } = varintAt(page, at, LONGEST);
    at = end;
    const length = Math.floor(header / 2);
    if (header % 2 === 0) {
      if ((page[at++] ?? 0) === 1) filled += length;
      seen += length;
      continue;
    }
    for (let value = 0; value < length * 8 && seen < count; value++, seen++) {
      filled += ((page[at + (value >> 3)] ?? 0) >> (value & 7)) & 1;
    }
    at += length;
  }
  return filled;
}
