import { numericColumnOf, type Table } from '@perennial/columns';
import type { ModelFeatures } from '@perennial/tabular-models';
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
export function trainingColumns(model: ModelFeatures): string[] {
  const features = [...model.categorical.map(({ feature }) => feature), ...model.numeric];
  return ['label', 'split', ...features.map(encoded)];
}

/** Rows of a view that are read piece by piece, and more than once. */
export interface FeatureRows {
  groups(options?: { columns?: readonly string[] }): AsyncIterable<Table>;
}

/**
 * Labelled rows outside the holdout: validation = [holdout, holdout + validation) by `split`, training = the rest.
 * Holdout rows are left out again here, so that no candidate is judged on what it saw. The rows are counted first, so
 * that beside the matrices one row group is in memory.
 */
export async function improvementRows(
  source: FeatureRows,
  model: ModelFeatures,
  shares: Shares,
): Promise<{ train: EncodedRows; validation: EncodedRows }> {
  const counted = { train: 0, validation: 0 };
  for await (const table of source.groups({ columns: ['label', 'split'] })) {
    const { train, validation } = partsOf(table, shares);
    counted.train += train.length;
    counted.validation += validation.length;
  }
  const train = encodedRows(counted.train, model);
  const validation = encodedRows(counted.validation, model);
  const written = { train: 0, validation: 0 };
  for await (const table of source.groups()) {
    const parts = partsOf(table, shares);
    append(train, written.train, table, parts.train, model);
    append(validation, written.validation, table, parts.validation, model);
    written.train += parts.train.length;
    written.validation += parts.validation.length;
  }
  return { train, validation };
}

/** Indices of the rows in each part. */
function partsOf(table: Table, { holdoutShare, validationShare }: Shares): { train: number[]; validation: number[] } {
  const labels = numericColumnOf(table, 'label').values;
  const parts = { train: [] as number[], validation: [] as number[] };
  numericColumnOf(table, 'split').values.forEach((split, row) => {
    if (!(split >= holdoutShare) || Number.isNaN(labels[row])) return;
    (split < holdoutShare + validationShare ? parts.validation : parts.train).push(row);
  });
  return parts;
}

function encodedRows(count: number, { categorical, numeric }: ModelFeatures): EncodedRows {
  return {
    rows: count,
    categorical: new Int32Array(count * categorical.length),
    numeric: new Float32Array(count * numeric.length),
    labels: new Int32Array(count),
  };
}

/** Writes the rows of a table behind those that were written before. */
function append(
  { categorical, numeric, labels }: EncodedRows,
  start: number,
  table: Table,
  rows: readonly number[],
  model: ModelFeatures,
): void {
  const columns = (features: readonly string[]) =>
    features.map((feature) => numericColumnOf(table, encoded(feature)).values);
  const label = numericColumnOf(table, 'label').values;
  rows.forEach((row, index) => (labels[start + index] = label[row] as number));
  fill(categorical, start, rows, columns(model.categorical.map(({ feature }) => feature)));
  fill(numeric, start, rows, columns(model.numeric));
}

function fill(
  matrix: Int32Array | Float32Array,
  start: number,
  rows: readonly number[],
  columns: readonly Float64Array[],
): void {
  const width = columns.length;
  columns.forEach((values, column) => {
    rows.forEach((row, index) => {
      matrix[(start + index) * width + column] = values[row] as number;
    });
  });
}
