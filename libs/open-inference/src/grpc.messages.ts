/** A 64-bit integer as text, as a number or, exact as well, as the Long of protobufjs, which converts to both. */
export type Integer64 = number | string | { toNumber(): number; toString(): string };

/** Messages of the protocol's proto file as a proto loader or protobufjs gives them: names as in the file. */
export type TensorContents = {
  bool_contents?: boolean[];
  int_contents?: number[];
  int64_contents?: Integer64[];
  uint_contents?: number[];
  uint64_contents?: Integer64[];
  fp32_contents?: number[];
  fp64_contents?: number[];
  /** Texts stand for their bytes in UTF-8. */
  bytes_contents?: (Uint8Array | string)[];
};

/** One of them is set, and `parameter_choice` says which. */
export interface InferParameter {
  bool_param?: boolean;
  int64_param?: Integer64;
  string_param?: string;
  double_param?: number;
  uint64_param?: Integer64;
  parameter_choice?: 'bool_param' | 'int64_param' | 'string_param' | 'double_param' | 'uint64_param';
}

export type InferParameters = Record<string, InferParameter>;

export interface InferTensorMessage {
  name: string;
  datatype: string;
  shape: Integer64[];
  parameters?: InferParameters;
  contents?: TensorContents | null;
}

export interface InferRequestMessage {
  model_name: string;
  model_version: string;
  id: string;
  parameters?: InferParameters;
  inputs: InferTensorMessage[];
  outputs: { name: string; parameters?: InferParameters }[];
  raw_input_contents: Uint8Array[];
}

export interface InferResponseMessage {
  model_name: string;
  model_version: string;
  id: string;
  parameters: InferParameters;
  outputs: InferTensorMessage[];
  raw_output_contents: Uint8Array[];
}
