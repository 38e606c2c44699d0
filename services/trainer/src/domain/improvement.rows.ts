import { numericColumnOf, type Table } from '@perennial/columns';
import type { TabTransformerConfig } from '@perennial/tabular-models';
import type { RunRequest } from './training.run';

/** Encoded rows, row after row; both matrices in the feature order of the model. */
export interface EncodedRows {
  readonly rows: number;
  /** Category codes [rows × categorical features]. */
  readonly categorical: Int32Array;
  /** Scaled numbers [rows × numeric features]. */
  readonly numeric: Float32Array;
  /** 1 positive, 0 negative. */
  readonly labels: Int32Array;
}

type Shares = Pick<RunRequest, 'holdoutShare' | 'validationShare'>;

const encoded = (feature: string): string => `enc.${feature}`;

/** Columns of the feature view that training reads. */
export function trainingColumns(model: TabTransformerConfig): string[] {
  const features = [...model.categorical.map(({ feature }) => feature), ...model.numeric];
  return ['label', 'split', ...features.map(encoded)];
}

/**
 * Labelled rows outside the holdout: validation = [holdout, holdout + validation) by `split`, training = the rest.
 * Holdout rows are left out again here, so that no candidate is judged on what it saw.
 */
export function improvementRows(
  table: Table,
  model: TabTransformerConfig,
  { holdoutShare, validationShare }: Shares,
): { train: EncodedRows; validation: EncodedRows } {
  const labels = numericColumnOf(table, 'label').values;
  const splits = numericColumnOf(table, 'split').values;
  const train: number[] = [];
  const validation: number[] = [];
  splits.forEach((split, row) => {
    if (!(split >= holdoutShare) || Number.isNaN(labels[row])) return;
    (split < holdoutShare + validationShare ? validation : train).push(row);
  });
  return { train: encodedRows(table, model, train), validation: encodedRows(table, model, validation) };
}

function encodedRows(table: Table, model: TabTransformerConfig, rows: readonly number[]): EncodedRows {
  const columns = (features: readonly string[]) =>
    features.map((feature) => numericColumnOf(table, encoded(feature)).values);
  const labels = numericColumnOf(table, 'label').values;
  return {
    rows: rows.length,
    categorical: fill(
      new Int32Array(rows.length * model.categorical.length),
      rows,
      columns(model.categorical.map(({ feature }) => feature)),
    ),
    numeric: fill(new Float32Array(rows.length * model.numeric.length), rows, columns(model.numeric)),
    labels: Int32Array.from(rows, (row) => labels[row] as number),
  };
}

function fill<M extends Int32Array | Float32Array>(
  matrix: M,
  rows: readonly number[],
  columns: readonly Float64Array[],
): M {
  const width = columns.length;
  columns.forEach((values, column) => {
    rows.forEach((row, index) => {
      matrix[index * width + column] = values[row] as number;
    });
  });
  return matrix;
}
