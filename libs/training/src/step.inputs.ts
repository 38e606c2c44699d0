import { CLASSES, type ModelConfig } from '@perennial/tabular-models';

/** What some steps read, row after row. */
export interface StepInputs {
  readonly categorical: Int32Array;
  readonly numeric: Float32Array;
  /** [rows, classes], see writeWeightedTargets. */
  readonly targets: Float32Array;
}

/** Zeros, in memory that `room` gives by bytes. */
export function emptyInputs(
  { categorical, numeric }: ModelConfig,
  rows: number,
  room: (bytes: number) => ArrayBufferLike = (bytes) => new ArrayBuffer(bytes),
): StepInputs {
  return {
    categorical: new Int32Array(room(4 * rows * categorical.length)),
    numeric: new Float32Array(room(4 * rows * numeric.length)),
    targets: new Float32Array(room(4 * rows * CLASSES)),
  };
}

/** Views of the rows from `start` up to `end` of inputs of `rows`. */
export function partOf(
  { categorical, numeric, targets }: StepInputs,
  rows: number,
  start: number,
  end: number,
): StepInputs {
  const at = (values: { readonly length: number }, row: number) => (values.length / rows) * row;
  return {
    categorical: categorical.subarray(at(categorical, start), at(categorical, end)),
    numeric: numeric.subarray(at(numeric, start), at(numeric, end)),
    targets: targets.subarray(at(targets, start), at(targets, end)),
  };
}
