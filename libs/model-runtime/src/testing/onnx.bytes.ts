// Messages of the ONNX format as bytes, so that tests can write what no library would. Field numbers: onnx.proto.

const varint = (value: bigint): number[] => {
  const bits = BigInt.asUintN(64, value);
  return bits < 128n ? [Number(bits)] : [Number(bits & 127n) | 128, ...varint(bits >> 7n)];
};

const tag = (number: number, wireType: number) => varint(BigInt(number * 8 + wireType));

export const integer = (number: number, value: number | bigint): Buffer =>
  Buffer.from([...tag(number, 0), ...varint(BigInt(value))]);

export const content = (number: number, bytes: Uint8Array | string): Buffer => {
  const body = Buffer.from(bytes as Uint8Array);
  return Buffer.concat([Buffer.from([...tag(number, 2), ...varint(BigInt(body.byteLength))]), body]);
};

const each = <T>(number: number, values: readonly T[] | undefined, write: (value: T) => Uint8Array | string): Buffer =>
  Buffer.concat((values ?? []).map((value) => content(number, write(value))));

export const FLOAT = 1;
export const INT64 = 7;
export const STRING = 8;

export interface TensorBytes {
  name?: string;
  dims?: readonly (number | bigint)[];
  type?: number;
  raw?: Uint8Array;
  /** Key and value, such as location and a path. */
  external?: readonly (readonly [string, string])[];
}

export const entry = ([key, value]: readonly [string, string]): Buffer =>
  Buffer.concat([content(1, key), content(2, value)]);

export const tensor = ({ name = '', dims = [], type = FLOAT, raw, external }: TensorBytes): Buffer =>
  Buffer.concat([
    ...dims.map((dim) => integer(1, dim)),
    integer(2, type),
    content(8, name),
    raw === undefined ? Buffer.alloc(0) : content(9, raw),
    each(13, external, entry),
    external === undefined ? Buffer.alloc(0) : integer(14, 1),
  ]);

export const floats = (name: string, values: readonly number[], dims: readonly number[] = [values.length]): Buffer =>
  tensor({ name, dims, raw: new Uint8Array(Float32Array.from(values).buffer) });

export const ints = (name: string, values: readonly number[], dims: readonly number[] = [values.length]): Buffer =>
  tensor({ name, dims, type: INT64, raw: new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer) });

/** Attributes by name: a whole number, or a message under the number of its field (5 a tensor, 6 a graph). */
export type AttributeBytes = number | { field: 5 | 6; bytes: Uint8Array };

const attribute = ([name, value]: [string, AttributeBytes]): Buffer =>
  typeof value === 'number'
    ? Buffer.concat([content(1, name), integer(3, value), integer(20, 2)])
    : Buffer.concat([content(1, name), content(value.field, value.bytes), integer(20, value.field - 1)]);

export interface NodeBytes {
  op: string;
  inputs?: readonly string[];
  outputs?: readonly string[];
  domain?: string;
  attributes?: Record<string, AttributeBytes>;
}

const node = ({ op, inputs, outputs, domain = '', attributes = {} }: NodeBytes): Buffer =>
  Buffer.concat([
    each(1, inputs, String),
    each(2, outputs, String),
    content(4, op),
    each(5, Object.entries(attributes), attribute),
    content(7, domain),
  ]);

export interface ValueBytes {
  name: string;
  type?: number;
  dims?: readonly (number | string)[];
}

const value = ({ name, type = FLOAT, dims = ['batch', 1] }: ValueBytes): Buffer => {
  const shape = each(1, dims, (dim) => (typeof dim === 'number' ? integer(1, dim) : content(2, dim)));
  return Buffer.concat([
    content(1, name),
    content(2, content(1, Buffer.concat([integer(1, type), content(2, shape)]))),
  ]);
};

export interface GraphBytes {
  nodes?: readonly NodeBytes[];
  /** As `tensor` writes them. */
  initializers?: readonly Uint8Array[];
  inputs?: readonly ValueBytes[];
  outputs?: readonly ValueBytes[];
}

export const graph = ({ nodes, initializers, inputs, outputs }: GraphBytes): Buffer =>
  Buffer.concat([
    each(1, nodes, node),
    content(2, 'g'),
    each(5, initializers, (bytes) => bytes),
    each(11, inputs, value),
    each(12, outputs, value),
  ]);

export interface ModelBytes extends GraphBytes {
  metadata?: Record<string, string>;
  opsets?: Record<string, number>;
  /** Further fields of the model. */
  extra?: Uint8Array;
}

const opset = ([domain, version]: [string, number]) => Buffer.concat([content(1, domain), integer(2, version)]);

/** An artifact of one input `a` that says 0.5 or what its graph says, unless told otherwise. */
export const model = ({ metadata, opsets = { '': 17, 'ai.onnx.ml': 3 }, extra, ...rest }: ModelBytes = {}): Buffer =>
  Buffer.concat([
    integer(1, 8),
    content(7, graph({ inputs: [{ name: 'a' }], outputs: [{ name: 'probability' }], ...rest })),
    each(8, Object.entries(opsets), opset),
    each(14, Object.entries(metadata ?? signed(['a'])), entry),
    extra ?? Buffer.alloc(0),
  ]);

/** The metadata of an artifact whose inputs are numbers. */
export const signed = (names: readonly string[]): Record<string, string> => ({
  'perennial.decision_threshold': '0.5',
  'perennial.signature': JSON.stringify({ inputs: names.map((name) => ({ name, columnType: 'number' })) }),
});
