import { columnOf, concatTables, numericColumnOf, type Table, tableFromRows, takeRows } from '@perennial/columns';
import { type Pipeline, recordValidator, tableSchema } from '@perennial/pipeline';
import { apply, type FittedPreprocessing, splitPartOf, type SplitPart } from '@perennial/preprocessing-steps';
import type { EncodedRows } from '@perennial/training';
import type { DayOfRecords } from '../days/day.plan';

/** The day as ingestion stores it. */
export function rawTable({ records }: DayOfRecords, { dataset }: Pipeline): Table {
  const validate = recordValidator(dataset);
  const rows = records.flatMap((record) => {
    const result = validate(record);
    return result.ok ? [result.ok] : [];
  });
  return tableFromRows(tableSchema(dataset), rows);
}

/** The rows of one part of the split, as preprocessing stores them. */
export function partOf(raw: Table, part: SplitPart, fitted: FittedPreprocessing, { split }: Pipeline): Table {
  const encoded = apply(raw, fitted);
  const values = numericColumnOf(encoded, 'split').values;
  const rows = Array.from(values.keys()).filter((row) => splitPartOf(values[row] as number, split) === part);
  return takeRows(encoded, rows);
}

export function labelsOf(table: Table): Int32Array {
  return Int32Array.from(numericColumnOf(table, 'label').values);
}

/** What the training engine takes: both matrices row after row, in the order of the fitted features. */
export function encodedRows(tables: readonly Table[], fitted: FittedPreprocessing): EncodedRows {
  const names = (features: readonly { feature: string }[]) => features.map(({ feature }) => `enc.${feature}`);
  const wanted = ['label', ...names(fitted.categorical), ...names(fitted.numeric)];
  const table = concatTables(
    tables.map((each) => ({ rows: each.rows, columns: wanted.map((name) => columnOf(each, name)) })),
  );
  const matrix = (columns: readonly string[]) => {
    const values = columns.map((name) => numericColumnOf(table, name).values);
    const flat = new Float64Array(table.rows * columns.length);
    for (let row = 0; row < table.rows; row++) {
      values.forEach((column, index) => (flat[row * columns.length + index] = column[row] as number));
    }
    return flat;
  };
  return {
    rows: table.rows,
    categorical: Int32Array.from(matrix(names(fitted.categorical))),
    numeric: Float32Array.from(matrix(names(fitted.numeric))),
    labels: labelsOf(table),
  };
}

/** `raw.<column>` under the plain column names that the artifact's inputs have. */
export function rawInputsOf(table: Table): Table {
  const columns = table.columns
    .filter(({ name }) => name.startsWith('raw.'))
    .map((column) => ({ ...column, name: column.name.slice('raw.'.length) }));
  return { rows: table.rows, columns };
}
