// Field numbers and codes: onnx.proto.
export const MODEL = { irVersion: 1, producerName: 2, graph: 7, opsetImport: 8, metadataProps: 14 } as const;
export const OPSET = { domain: 1, version: 2 } as const;
export const GRAPH = {
  node: 1,
  name: 2,
  initializer: 5,
  docString: 10,
  input: 11,
  output: 12,
  valueInfo: 13,
  sparseInitializer: 15,
} as const;
export const NODE = { input: 1, output: 2, name: 3, opType: 4, attribute: 5, domain: 7 } as const;
export const ATTRIBUTE = {
  ...{
    name: 1,
    float: 2,
    integer: 3,
    tensor: 5,
    graph: 6,
    floats: 7,
    integers: 8,
    strings: 9,
    tensors: 10,
    graphs: 11,
    type: 20,
    sparseTensor: 22,
    sparseTensors: 23,
  },
} as const;
export const TENSOR = { dims: 1, dataType: 2, name: 8, rawData: 9, externalData: 13, dataLocation: 14 } as const;
export const SPARSE_TENSOR = { values: 1, indices: 2 } as const;
export const VALUE = { name: 1, type: 2 } as const;
export const TYPE = { tensor: 1, sequence: 4 } as const;
export const TENSOR_TYPE = { elementType: 1, shape: 2 } as const;
export const DIMENSION = { value: 1, parameter: 2 } as const;
export const ENTRY = { key: 1, value: 2 } as const;

/** AttributeProto.AttributeType. */
export const ATTRIBUTE_TYPE = { float: 1, integer: 2, floats: 6, integers: 7, strings: 8 } as const;

/** TensorProto.DataType. */
export const FLOAT = 1;
export const INT32 = 6;
export const INT64 = 7;
export const STRING = 8;
export const DOUBLE = 11;

const TYPE_NAMES: Readonly<Record<number, string>> = {
  ...{ 1: 'float', 2: 'uint8', 3: 'int8', 4: 'uint16', 5: 'int16', 6: 'int32', 7: 'int64', 8: 'string', 9: 'bool' },
  ...{ 10: 'float16', 11: 'double', 12: 'uint32', 13: 'uint64', 14: 'complex64', 15: 'complex128', 16: 'bfloat16' },
};

export const typeName = (code: number): string => TYPE_NAMES[code] ?? `type ${code}`;
