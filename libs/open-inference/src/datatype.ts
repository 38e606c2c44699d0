import { halfToNumber } from './half.float';

/** What a tensor holds. 64-bit integers that a number cannot hold are bigint. */
export type Element = boolean | number | bigint | string;

export type Kind = 'bool' | 'integer' | 'float' | 'text';

/** Fields of InferTensorContents in gRPC. */
export type ContentsField =
  | 'bool_contents'
  | 'int_contents'
  | 'int64_contents'
  | 'uint_contents'
  | 'uint64_contents'
  | 'fp32_contents'
  | 'fp64_contents'
  | 'bytes_contents';

export interface DatatypeRules {
  readonly kind: Kind;
  /** Of typed contents in gRPC; null where there is none. */
  readonly field: ContentsField | null;
  /** Bytes of one element in binary data; 0 where each carries its own length. */
  readonly size: number;
  /** Of integers. */
  readonly least: number;
  readonly greatest: number;
  /** Little endian. */
  read(view: DataView, at: number): boolean | number | bigint;
}

const exact = (value: bigint): number | bigint => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
};

type Read = DatatypeRules['read'];

const integer = (bits: number, signed: boolean, field: ContentsField, read: Read): DatatypeRules => ({
  kind: 'integer',
  field,
  size: bits / 8,
  least: signed ? -(2 ** (bits - 1)) : 0,
  greatest: 2 ** (signed ? bits - 1 : bits) - (bits === 64 ? 0 : 1),
  read,
});

const other = (kind: Kind, size: number, field: ContentsField | null, read: Read): DatatypeRules => ({
  ...{ kind, size, field, read },
  ...{ least: -Infinity, greatest: Infinity },
});

const noElement = (): never => {
  throw new TypeError('elements of BYTES have no fixed size');
};

export const DATATYPES = {
  BOOL: other('bool', 1, 'bool_contents', (view, at) => view.getUint8(at) !== 0),
  UINT8: integer(8, false, 'uint_contents', (view, at) => view.getUint8(at)),
  UINT16: integer(16, false, 'uint_contents', (view, at) => view.getUint16(at, true)),
  UINT32: integer(32, false, 'uint_contents', (view, at) => view.getUint32(at, true)),
  UINT64: integer(64, false, 'uint64_contents', (view, at) => exact(view.getBigUint64(at, true))),
  INT8: integer(8, true, 'int_contents', (view, at) => view.getInt8(at)),
  INT16: integer(16, true, 'int_contents', (view, at) => view.getInt16(at, true)),
  INT32: integer(32, true, 'int_contents', (view, at) => view.getInt32(at, true)),
  INT64: integer(64, true, 'int64_contents', (view, at) => exact(view.getBigInt64(at, true))),
  FP16: other('float', 2, null, (view, at) => halfToNumber(view.getUint16(at, true))),
  FP32: other('float', 4, 'fp32_contents', (view, at) => view.getFloat32(at, true)),
  FP64: other('float', 8, 'fp64_contents', (view, at) => view.getFloat64(at, true)),
  BYTES: other('text', 0, 'bytes_contents', noElement),
} as const satisfies Record<string, DatatypeRules>;

export type Datatype = keyof typeof DATATYPES;

export const DATATYPE_NAMES = Object.keys(DATATYPES) as Datatype[];

export const isDatatype = (name: unknown): name is Datatype =>
  typeof name === 'string' && Object.hasOwn(DATATYPES, name);

export const rulesOf = (datatype: Datatype): DatatypeRules => DATATYPES[datatype];
