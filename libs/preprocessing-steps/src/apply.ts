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
import type { FittedPreprocessing, ModelInput } from './fitted-preprocessing';
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

/** How wide the raw columns of a day must be: its rows may come in several tables, and all must fit. */
export class RawStorages {
  private readonly storages: Map<string, ModelInput['storage']>;

  constructor(private readonly inputs: FittedPreprocessing['inputs']) {
    this.storages = new Map(inputs.map(({ column, storage }) => [column, storage]));
  }

  add(table: Table): void {
    for (const { column: name } of this.inputs) {
      const current = this.storageOf(name);
      if (current === 'float32' || current === 'int32') {
        this.storages.set(name, storageFor(columnOf(table, name), current));
      }
    }
  }

  storageOf(column: string): ModelInput['storage'] {
    return this.storages.get(column) as ModelInput['storage'];
  }
}

/** A model input in its raw type under its raw name; '' of a string becomes null. */
function rawColumn(table: Table, input: ModelInput, storage: ModelInput['storage']): Column {
  const name = `raw.${input.column}`;
  if (input.type === 'string') {
    const { values } = stringColumnOf(table, input.column);
    return stringColumn(
      name,
      values.map((value) => (value === '' ? null : value)),
    );
  }
  const column = numericColumnOf(table, input.column);
  return numericColumn(name, input.type, column.values, storage === 'string' ? undefined : storage);
}

function ownStorages(table: Table, fitted: FittedPreprocessing): RawStorages {
  const storages = new RawStorages(fitted.inputs);
  storages.add(table);
  return storages;
}

/**
 * processed_data of one batch: record_id, label, split, raw.<column> for each model input and
 * enc.<feature> for each feature. Needs the fitted input columns and the record id; a table without the
 * target column has null labels. storages: of the whole batch, where the table is a part of it.
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
    ...fitted.inputs.map((input) => rawColumn(table, input, storages.storageOf(input.column))),
    ...categorical,
    ...numeric,
  ]);
  return columns;
}
