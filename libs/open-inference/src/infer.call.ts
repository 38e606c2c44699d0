import type { Datatype, Element } from './datatype';

export type Parameters = Readonly<Record<string, unknown>>;

/** An input, decoded: as many values as its shape says, row-major; null where a value is missing. */
export interface InputTensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly values: readonly (Element | null)[];
}

export interface RequestedOutput {
  readonly name: string;
  readonly parameters: Parameters;
}

/** An inference request, whichever way it came. */
export interface InferCall {
  /** Empty where the client gave none. */
  readonly id: string;
  readonly parameters: Parameters;
  readonly inputs: readonly InputTensor[];
  /** Null: all of them. */
  readonly outputs: readonly RequestedOutput[] | null;
  /** gRPC: the inputs came raw, so the outputs go raw. */
  readonly raw: boolean;
}

export interface OutputTensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly values: readonly (boolean | number | string)[];
}

/** What answers a call. */
export interface InferAnswer {
  readonly model: string;
  readonly version: string;
  readonly parameters?: Parameters;
  readonly outputs: readonly OutputTensor[];
}

export interface InferLimits {
  /** Rows of one request. */
  readonly maxRows: number;
}
