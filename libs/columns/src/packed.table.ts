import { ColumnsError } from './column.errors';
import type { Column, ColumnType, NumericColumn, NumericStorage, StringColumn, Table } from './table';

/** How a numeric column's cells lie in the bytes: the narrowest that holds all of them exactly. */
const WIDTHS = { int8: Int8Array, int16: Int16Array, int32: Int32Array, float32: Float32Array, float64: Float64Array };

type Width = keyof typeof WIDTHS;

/** Where a column's parts lie, in bytes from the end of the header; lengths follow from the number of rows. */
type PackedColumn = { name: string; type: ColumnType; nulls: number | null } &
  /** A cell is what lies there divided by the scale: decimals of few digits lie there as integers. */
  (
    | { type: Exclude<ColumnType, 'string'>; storage: NumericStorage; width: Width; scale: number; at: number }
    /** Distinct values in order of appearance; codes count from 0, and stand at 0 for null. */
    | { type: 'string'; dictionary: string[]; width: 'uint8' | 'uint16'; at: number }
    /** All values one after the other as UTF-8; lengths count UTF-16 units. */
    | { type: 'string'; dictionary: null; lengths: number; at: number; bytes: number }
  );

interface Header {
  rows: number;
  columns: PackedColumn[];
}

const ALIGNMENT = 8;
const MAX_DICTIONARY = 1_024;

const aligned = (length: number): number => Math.ceil(length / ALIGNMENT) * ALIGNMENT;

/** Collects parts, each at an aligned place. */
class Parts {
  private readonly parts: Uint8Array[] = [];
  length = 0;

  add(part: ArrayBufferView): number {
    const at = this.length;
    this.parts.push(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
    this.length += aligned(part.byteLength);
    return at;
  }

  copyTo(target: Uint8Array, offset: number): void {
    let at = offset;
    for (const part of this.parts) {
      target.set(part, at);
      at += aligned(part.length);
    }
  }
}

const SCALES = [1, 100, 1_000, 100_000];

/** The smallest scale by which all values are integers of 32 bits, exactly there and back; null where there is none. */
function scaled(values: Float64Array): { scale: number; units: Float64Array } | null {
  const units = new Float64Array(values.length);
  next: for (const scale of SCALES) {
    for (let row = 0; row < values.length; row++) {
      const value = values[row] as number;
      const unit = Number.isNaN(value) ? 0 : Math.round(value * scale);
      if (unit / scale !== value && !Number.isNaN(value)) continue next;
      if (unit < -0x8000_0000 || unit >= 0x8000_0000) return null;
      units[row] = unit;
    }
    return { scale, units };
  }
  return null;
}

function integerWidth(units: Float64Array): Width {
  let low = 0;
  let high = 0;
  for (let row = 0; row < units.length; row++) {
    const unit = units[row] as number;
    if (unit < low) low = unit;
    if (unit > high) high = unit;
  }
  if (low >= -0x80 && high < 0x80) return 'int8';
  return low >= -0x8000 && high < 0x8000 ? 'int16' : 'int32';
}

function floatWidth(values: Float64Array): Width {
  for (const value of values) if (Math.fround(value) !== value && !Number.isNaN(value)) return 'float64';
  return 'float32';
}

/** A bit per row, set where the cell is null; null where none is. */
function nullBits(rows: number, isNull: (row: number) => boolean): Uint8Array | null {
  let bits: Uint8Array | null = null;
  for (let row = 0; row < rows; row++) {
    if (!isNull(row)) continue;
    bits ??= new Uint8Array(Math.ceil(rows / 8));
    bits[row >> 3] = (bits[row >> 3] as number) | (1 << (row & 7));
  }
  return bits;
}

function packNumeric({ name, type, storage, values }: NumericColumn, parts: Parts): PackedColumn {
  const found = scaled(values);
  const width = found ? integerWidth(found.units) : floatWidth(values);
  const bits = nullBits(values.length, (row) => Number.isNaN(values[row]));
  const at = parts.add(new WIDTHS[width](found?.units ?? values));
  return { name, type, storage, width, scale: found?.scale ?? 1, at, nulls: bits && parts.add(bits) };
}

/** Codes of the values, or null where there are too many distinct ones. */
function coded(values: StringColumn['values']): { dictionary: string[]; codes: Uint16Array } | null {
  const limit = Math.min(MAX_DICTIONARY, Math.max(1, values.length >> 1));
  const codeOf = new Map<string, number>();
  const codes = new Uint16Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (value === null || value === undefined) continue;
    let code = codeOf.get(value);
    if (code === undefined) {
      code = codeOf.size;
      if (code === limit) return null;
      codeOf.set(value, code);
    }
    codes[row] = code;
  }
  return { dictionary: [...codeOf.keys()], codes };
}

function packString({ name, type, values }: StringColumn, parts: Parts): PackedColumn {
  const bits = nullBits(values.length, (row) => (values[row] ?? null) === null);
  const found = coded(values);
  if (found) {
    const { dictionary, codes } = found;
    const narrow = dictionary.length <= 0x100;
    const at = parts.add(narrow ? new Uint8Array(codes) : codes);
    return { name, type, dictionary, width: narrow ? 'uint8' : 'uint16', at, nulls: bits && parts.add(bits) };
  }
  const text = Buffer.from(values.map((value) => value ?? '').join(''), 'utf8');
  const lengths = parts.add(Uint32Array.from(values, (value) => value?.length ?? 0));
  const at = parts.add(text);
  return { name, type, dictionary: null, lengths, at, bytes: text.length, nulls: bits && parts.add(bits) };
}

/**
 * A table as bytes in its own compact form: for keeping rows for a while and for handing them between threads, not for
 * exchange. Strings must be well-formed Unicode.
 */
export function packTable(table: Table): Uint8Array {
  const parts = new Parts();
  const columns = table.columns.map((column) =>
    column.type === 'string' ? packString(column, parts) : packNumeric(column, parts),
  );
  const header = Buffer.from(JSON.stringify({ rows: table.rows, columns } satisfies Header), 'utf8');
  const start = aligned(4 + header.length);
  const packed = new Uint8Array(start + parts.length);
  new DataView(packed.buffer).setUint32(0, header.length, true);
  packed.set(header, 4);
  parts.copyTo(packed, start);
  return packed;
}

type ViewOf<T> = (new (buffer: ArrayBufferLike, byteOffset: number, length: number) => T) & {
  BYTES_PER_ELEMENT: number;
};

/** What packTable made. Throws TABLE_UNREADABLE where the bytes end too early or are none of its. */
export function unpackTable(packed: Uint8Array): Table {
  try {
    return unpack(packed);
  } catch (cause) {
    throw new ColumnsError('TABLE_UNREADABLE', `not a packed table: ${(cause as Error).message}`, {}, cause);
  }
}

function unpack(packed: Uint8Array): Table {
  // Views of numbers must be aligned, which a part of a larger buffer need not be.
  // Copied by the constructor: the slice of a Buffer would be a view of the same place.
  const bytes = packed.byteOffset % ALIGNMENT === 0 ? packed : new Uint8Array(packed);
  const headerLength = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  const { rows, columns } = JSON.parse(Buffer.from(bytes.subarray(4, 4 + headerLength)).toString('utf8')) as Header;
  const start = bytes.byteOffset + aligned(4 + headerLength);
  const end = bytes.byteOffset + bytes.byteLength;
  const view = <T>(type: ViewOf<T>, at: number, length: number): T => {
    if (start + at + length * type.BYTES_PER_ELEMENT > end) throw new RangeError('it ends too early');
    return new type(bytes.buffer, start + at, length);
  };
  const nullsOf = (at: number | null) => (at === null ? null : view(Uint8Array, at, Math.ceil(rows / 8)));
  const unpacked = columns.map((column): Column => {
    const { name, nulls } = column;
    const isNull = nullsOf(nulls);
    if (column.type !== 'string') {
      const values = new Float64Array(view(WIDTHS[column.width] as ViewOf<Float64Array>, column.at, rows));
      if (column.scale !== 1) for (let row = 0; row < rows; row++) values[row] = (values[row] as number) / column.scale;
      if (isNull) for (let row = 0; row < rows; row++) if (bitAt(isNull, row)) values[row] = Number.NaN;
      return { name, type: column.type, storage: column.storage, values };
    }
    if (column.dictionary) {
      const codes = view<ArrayLike<number>>(column.width === 'uint8' ? Uint8Array : Uint16Array, column.at, rows);
      return { name, type: 'string', values: decoded(column.dictionary, codes, isNull) };
    }
    const text = Buffer.from(view(Uint8Array, column.at, column.bytes)).toString('utf8');
    return { name, type: 'string', values: divided(text, view(Uint32Array, column.lengths, rows), isNull) };
  });
  return { rows, columns: unpacked };
}

const bitAt = (bits: Uint8Array, row: number): boolean => (((bits[row >> 3] as number) >> (row & 7)) & 1) === 1;

function decoded(dictionary: readonly string[], codes: ArrayLike<number>, isNull: Uint8Array | null) {
  const values = new Array<string | null>(codes.length);
  for (let row = 0; row < codes.length; row++) {
    values[row] = isNull && bitAt(isNull, row) ? null : (dictionary[codes[row] as number] as string);
  }
  return values;
}

function divided(text: string, lengths: Uint32Array, isNull: Uint8Array | null) {
  const values = new Array<string | null>(lengths.length);
  let at = 0;
  for (let row = 0; row < lengths.length; row++) {
    const end = at + (lengths[row] as number);
    values[row] = isNull && bitAt(isNull, row) ? null : text.slice(at, end);
    at = end;
  }
  return values;
}
