/** Element types Perennial uses, and what ONNX calls them (TensorProto.DataType). */
export const dataTypeCode = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float64: 11,
} as const;

export type ElementType = keyof typeof dataTypeCode;

/** A fixed size, or the name of a size known only when the graph runs. */
export type Dim = number | string;
export type Shape = readonly Dim[];

export type TensorData = Float32Array | Float64Array | Int32Array | Uint8Array | BigInt64Array | readonly string[];

/** A tensor with known contents: an initialiser or an attribute. */
export interface ConstantTensor {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1);

/** `dim · factor`; a named dim gives a new name, so that equal products stay equal. */
export function multiplyDim(dim: Dim, factor: number): Dim {
  if (typeof dim === 'number') return dim * factor;
  return factor === 1 ? dim : `${dim}*${factor}`;
}

/** Bytes of the data as ONNX's raw_data wants them: little-endian, no padding. */
export function rawBytes(tensor: ConstantTensor): Uint8Array {
  const { data } = tensor;
  if (!ArrayBuffer.isView(data)) throw new TypeError('string tensors have no raw bytes');
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

export function float32(values: ArrayLike<number>, shape: readonly number[] = [values.length]): ConstantTensor {
  return { type: 'float32', shape, data: Float32Array.from(values) };
}

export function float64(values: ArrayLike<number>, shape: readonly number[] = [values.length]): ConstantTensor {
  return { type: 'float64', shape, data: Float64Array.from(values) };
}

export function int64(values: readonly number[], shape: readonly number[] = [values.length]): ConstantTensor {
  return { type: 'int64', shape, data: BigInt64Array.from(values.map((value) => BigInt(value))) };
}

/** A tensor of the given numeric type, every element the same. */
export function filled(type: ElementType, shape: readonly number[], value: number): ConstantTensor {
  const size = sizeOf(shape);
  if (type === 'float32') return { type, shape, data: new Float32Array(size).fill(value) };
  if (type === 'float64') return { type, shape, data: new Float64Array(size).fill(value) };
  if (type === 'int32') return { type, shape, data: new Int32Array(size).fill(value) };
  if (type === 'int64') return { type, shape, data: new BigInt64Array(size).fill(BigInt(value)) };
  if (type === 'uint8' || type === 'bool') return { type, shape, data: new Uint8Array(size).fill(value) };
  throw new TypeError(`no numeric fill for ${type}`);
}
