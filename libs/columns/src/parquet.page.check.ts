import { type PageHeader, type SchemaElement, snappyUncompress } from 'hyparquet';

/** A reference of Snappy makes 64 bytes of 3. */
const SNAPPY_RATIO = 22;

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
    let header = 0;
    for (let scale = 1, part = 0x80; part >= 0x80; scale *= 128) {
      part = bytes[at++] ?? NaN;
      if (Number.isNaN(part) || scale > 2 ** 28) throw new Error('a run ends too early');
      header += (part & 0x7f) * scale;
    }
    const length = Math.floor(header / 2);
    const packed = header % 2 === 1;
    if (length === 0 || header >= 2 ** 31 || (!packed && length > count - seen)) {
      throw new Error(`a run of ${length} does not fit in ${count - seen} values`);
    }
    at += packed ? length * width : Math.ceil(width / 8);
    seen += packed ? length * 8 : length;
  }
}

const dictionary = ['PLAIN_DICTIONARY', 'RLE_DICTIONARY'];

function checkValues(bytes: Uint8Array, from: number, encoding: string, type: string | undefined, count: number): void {
  if (encoding === 'PLAIN') return;
  if (dictionary.includes(encoding)) {
    const width = bytes[from] ?? 0;
    if (width > 32) throw new Error(`a dictionary's index has ${width} bits`);
    // What a width of nothing says is said without bytes.
    if (width > 0 && from + 1 < bytes.length) checkRuns(bytes, from + 1, width, count);
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
    const filled = optional ? filledIn(page, first.num_values) : first.num_values;
    checkValues(page, levels, first.encoding, element.type, filled);
  } else if (second) throw new Error('data pages of version 2 are not read from files of unknown origin');
}

/** Values of a page that are not null: levels of 1. */
function filledIn(page: Uint8Array, count: number): number {
  let filled = 0;
  let at = 4;
  for (let seen = 0; seen < count;) {
    let header = 0;
    for (let scale = 1, part = 0x80; part >= 0x80; scale *= 128) {
      part = page[at++] as number;
      header += (part & 0x7f) * scale;
    }
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
