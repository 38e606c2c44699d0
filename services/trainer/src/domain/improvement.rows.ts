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

export interface RowParts {
  train: EncodedRows;
  validation: EncodedRows;
}

/** Indices of the rows of a table that are in each part. */
type Parts = (table: Table) => Record<keyof RowParts, number[]>;
type Counts = Record<keyof RowParts, number>;

/**
 * Labelled rows outside the holdout: validation = [holdout, holdout + validation) by `split`, training = the rest.
 * Holdout rows are left out again here, so that no candidate is judged on what it saw. The rows are counted first, so
 * that beside the matrices one row group is in memory.
 */
export async function improvementRows(source: FeatureRows, model: ModelFeatures, shares: Shares): Promise<RowParts> {
  const parts: Parts = (table) => partsOf(table, shares, numericColumnOf(table, 'label').values);
  return filled(source, model, parts, await counted(source, parts));
}

/**
 * The same rows together with those that have no label, without labels; null where every row has one. An encoder is
 * pretrained on them; holdout rows are left out here too, for their labels may come later.
 */
export async function pretrainingRows(
  source: FeatureRows,
  model: ModelFeatures,
  shares: Shares,
  labelled: RowParts,
): Promise<RowParts | null> {
  const parts: Parts = (table) => partsOf(table, shares, null);
  const counts = await counted(source, parts);
  if (counts.train + counts.validation === labelled.train.rows + labelled.validation.rows) return null;
  const { train, validation } = await filled(source, model, parts, counts);
  const labels = new Int32Array(0);
  return { train: { ...train, labels }, validation: { ...validation, labels } };
}

async function counted(source: FeatureRows, parts: Parts): Promise<Counts> {
  const counts = { train: 0, validation: 0 };
  for await (const table of source.groups({ columns: ['label', 'split'] })) {
    const { train, validation } = parts(table);
    counts.train += train.length;
    counts.validation += validation.length;
  }
  return counts;
}

async function filled(source: FeatureRows, model: ModelFeatures, parts: Parts, counts: Counts): Promise<RowParts> {
  const train = encodedRows(counts.train, model);
  const validation = encodedRows(counts.validation, model);
  const written = { train: 0, validation: 0 };
  for await (const table of source.groups()) {
    const rows = parts(table);
    append(train, written.train, table, rows.train, model);
    append(validation, written.validation, table, rows.validation, model);
    written.train += rows.train.length;
    written.validation += rows.validation.length;
  }
  return { train, validation };
}

/** `labels`: rows without one are left out. */
function partsOf(table: Table, { holdoutShare, validationShare }: Shares, labels: Float64Array | null) {
  const parts = { train: [] as number[], validation: [] as number[] };
  numericColumnOf(table, 'split').values.forEach((split, row) => {
    if (!(split >= holdoutShare) || (labels && Number.isNaN(labels[row]))) return;
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
