import {
  cellAt,
  columnOf,
  numericColumn,
  numericColumnOf,
  stringColumn,
  stringColumnOf,
  tableOf,
  type Column,
  type Table,
} from '@perennial/columns';
import { canonicalText } from '@perennial/pipeline';
import { storageFor } from './data-shrinkage.step';
import { encodeCategorical, encodeNumeric } from './encoding.step';
import type { FittedPreprocessing, RawColumn } from './fitted-preprocessing';
import { splitOf } from './split';

function recordIds(table: Table, recordId: string): string[] {
  const column = columnOf(table, recordId);
  return Array.from({ length: table.rows }, (_, row) => canonicalText(cellAt(column, row) ?? ''));
}

/** 1 for the positive class, 0 for any other value, null where there is no label. */
export function labelsOf(table: Table, target: FittedPreprocessing['target']): Float64Array {
  const column = table.columns.find(({ name }) => name === target.column);
  const labels = new Float64Array(table.rows).fill(Number.NaN);
  if (!column) return labels;
  const positive = canonicalText(target.positive);
  for (let row = 0; row < table.rows; row++) {
    const value = cellAt(column, row);
    if (value !== null && value !== '') labels[row] = canonicalText(value) === positive ? 1 : 0;
  }
  return labels;
}

/** What processed_data holds as it came. */
export const rawColumns = ({ inputs, carried = [] }: FittedPreprocessing): RawColumn[] => [...inputs, ...carried];

/** How wide the raw columns of a day must be: its rows may come in several tables, and all must fit. */
export class RawStorages {
  private readonly storages: Map<string, RawColumn['storage']>;

  constructor(fitted: FittedPreprocessing) {
    this.storages = new Map(rawColumns(fitted).map(({ column, storage }) => [column, storage]));
  }

  add(table: Table): void {
    for (const [name, current] of this.storages) {
      if (current === 'float32' || current === 'int32') {
        this.storages.set(name, storageFor(columnOf(table, name), current));
      }
    }
  }

  storageOf(column: string): RawColumn['storage'] {
    return this.storages.get(column) as RawColumn['storage'];
  }
}

/** In its raw type under its raw name; '' of a string becomes null. */
function rawColumn(table: Table, raw: RawColumn, storage: RawColumn['storage']): Column {
  const name = `raw.${raw.column}`;
  if (raw.type === 'string') {
    const { values } = stringColumnOf(table, raw.column);
    return stringColumn(
      name,
      values.map((value) => (value === '' ? null : value)),
    );
  }
  const column = numericColumnOf(table, raw.column);
  return numericColumn(name, raw.type, column.values, storage === 'string' ? undefined : storage);
}

function ownStorages(table: Table, fitted: FittedPreprocessing): RawStorages {
  const storages = new RawStorages(fitted);
  storages.add(table);
  return storages;
}

/**
 * processed_data of one batch: record_id, label, split, raw.<column> for each model input and each carried column, and
 * enc.<feature> for each feature. Needs those columns and the record id; a table without the target column has null
 * labels. storages: of the whole batch, where the table is a part of it.
 */
export function apply(
  table: Table,
  fitted: FittedPreprocessing,
  storages: RawStorages = ownStorages(table, fitted),
): Table {
  const ids = recordIds(table, fitted.recordId);
  const splits = Float64Array.from(ids, (id) => splitOf(fitted.dataset, id));
  const categorical = fitted.categorical.map((feature) =>
    numericColumn(
      `enc.${feature.feature}`,
      'integer',
      encodeCategorical(stringColumnOf(table, feature.column).values, feature),
      'int32',
    ),
  );
  const numeric = fitted.numeric.map((feature) =>
    numericColumn(
      `enc.${feature.feature}`,
      'number',
      encodeNumeric(numericColumnOf(table, feature.column).values, feature),
      'float32',
    ),
  );
  const columns = tableOf([
    stringColumn('record_id', ids),
    numericColumn('label', 'integer', labelsOf(table, fitted.target), 'int32'),
    numericColumn('split', 'number', splits),
    ...rawColumns(fitted).map((raw) => rawColumn(table, raw, storages.storageOf(raw.column))),
    ...categorical,
    ...numeric,
  ]);
  return columns;
}
