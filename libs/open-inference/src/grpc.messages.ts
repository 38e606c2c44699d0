/** Messages of the protocol's proto file as a proto loader gives them: names as in the file, 64-bit integers as text. */
export type TensorContents = {
  bool_contents?: boolean[];
  int_contents?: number[];
  int64_contents?: (number | string)[];
  uint_contents?: number[];
  uint64_contents?: (number | string)[];
  fp32_contents?: number[];
  fp64_contents?: number[];
  bytes_contents?: Uint8Array[];
};

/** One of them is set, and `parameter_choice` says which. */
export interface InferParameter {
  bool_param?: boolean;
  int64_param?: number | string;
  string_param?: string;
  double_param?: number;
  uint64_param?: number | string;
  parameter_choice?: 'bool_param' | 'int64_param' | 'string_param' | 'double_param' | 'uint64_param';
}

export type InferParameters = Record<string, InferParameter>;

export interface InferTensorMessage {
  name: string;
  datatype: string;
  shape: (number | string)[];
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
