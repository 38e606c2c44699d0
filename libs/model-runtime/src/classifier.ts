import type { Table } from '@perennial/columns';
import type { ModelSignature } from './model.signature';
import type { ModelMetadata, ModelWrapper } from './model.wrapper';

/** Raw values by column name; null where a value is not known, other columns are ignored. */
export type RawRow = Record<string, unknown>;

/** Rows by column, and of each what it really was: 0 or 1. */
export interface LabelledRows {
  readonly table: Table;
  readonly labels: ArrayLike<number>;
}

/** Row by row in the order of the examples; every measure of quality follows from the two. */
export interface JudgedRows {
  readonly labels: Float64Array;
  readonly probabilities: Float64Array;
}

export interface ClassifierMetadata extends ModelMetadata {
  readonly signature: ModelSignature;
  /** A probability at or above it means the positive class. */
  readonly decisionThreshold: number;
}

/**
 * Two classes, from raw columns to P(positive) of each row, in order. `predict` throws INVALID_INPUT, OVERLOADED,
 * WORKER_CRASHED, INFERENCE_FAILED or MODEL_CLOSED.
 */
export interface Classifier extends ModelWrapper<
  readonly RawRow[],
  Float64Array,
  AsyncIterable<LabelledRows> | Iterable<LabelledRows>,
  JudgedRows,
  ClassifierMetadata
> {
  readonly signature: ModelSignature;
  readonly decisionThreshold: number;
  /** Whether a row would be refused as OVERLOADED now; not while it is out of memory. */
  isFull(): boolean;
}
