import type { ColumnType } from '@perennial/columns';

export type FeatureKind = 'categorical' | 'numeric' | 'date';

/** How a declared type enters the model: text and categories by code, dates by their parts, the rest as numbers. */
export function featureKindOf(type: ColumnType): FeatureKind {
  if (type === 'string') return 'categorical';
  return type === 'date' ? 'date' : 'numeric';
}
