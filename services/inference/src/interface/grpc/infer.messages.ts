/** Messages of the Open Inference Protocol as the proto loader gives them: proto names, 64-bit integers as numbers. */
export interface TensorContents {
  bool_contents?: boolean[];
  int_contents?: number[];
  int64_contents?: number[];
  uint_contents?: number[];
  uint64_contents?: number[];
  fp32_contents?: number[];
  fp64_contents?: number[];
  bytes_contents?: Uint8Array[];
}

export interface InferTensor {
  name: string;
  datatype: string;
  shape: number[];
  contents?: TensorContents | null;
}

export interface InferRequest {
  model_name: string;
  model_version: string;
  id: string;
  inputs: InferTensor[];
  outputs: { name: string }[];
  raw_input_contents: Uint8Array[];
}

export interface InferResponse {
  model_name: string;
  model_version: string;
  id: string;
  outputs: InferTensor[];
  raw_output_contents: Uint8Array[];
}
