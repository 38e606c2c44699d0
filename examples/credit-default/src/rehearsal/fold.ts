import { type Table, takeRows } from '@perennial/columns';
import { splitOf } from '@perennial/preprocessing-steps';

export const FOLDS = 5;
const VALIDATION = 0.15;

export interface Fold {
  readonly train: Table;
  readonly validation: Table;
  readonly test: Table;
}

/** By record id, so that every variant sees the same rows; the validation rows are drawn apart from the folds. */
export function foldPartOf(id: string, fold: number): keyof Fold {
  if (Math.floor(splitOf('folds', id) * FOLDS) === fold) return 'test';
  return splitOf('folds/validation', id) < VALIDATION ? 'validation' : 'train';
}

export function foldOf(raw: Table, fold: number): Fold {
  const ids = raw.columns.find(({ name }) => name === 'id')?.values as readonly string[];
  const rows = (wanted: keyof Fold) =>
    takeRows(
      raw,
      Array.from(ids.keys()).filter((row) => foldPartOf(String(ids[row]), fold) === wanted),
    );
  return { train: rows('train'), validation: rows('validation'), test: rows('test') };
}
