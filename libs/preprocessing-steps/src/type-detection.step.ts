import type { ColumnType } from '@perennial/columns';
import type { Pipeline } from '@perennial/pipeline';

export type FeatureKind = 'categorical' | 'numeric' | 'date';

/** How a declared type enters the model: text and categories by code, dates by their parts, the rest as numbers. */
export function featureKindOf(type: ColumnType): FeatureKind {
  if (type === 'string') return 'categorical';
  return type === 'date' ? 'date' : 'numeric';
}

/** Declared columns that may enter the model: all but the record id and the target. */
export function inputColumns({ dataset }: Pipeline): Pipeline['dataset']['columns'] {
  return dataset.columns.filter(({ name }) => name !== dataset.recordId && name !== dataset.target.column);
}
