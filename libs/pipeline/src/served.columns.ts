import type { ColumnDeclaration, Dataset } from './pipeline';

/** A column that a model of the pipeline may take, as it is served: categories are strings. */
export interface ServedColumn {
  name: string;
  type: 'string' | 'number' | 'integer' | 'boolean' | 'date';
  nullable: boolean;
  /** Those that are declared, as text. */
  values?: readonly string[];
}

/** Columns that a model may take: all but the record id, the target and those that are declared to be no features. */
export const featureColumns = ({ columns, recordId, target }: Dataset): ColumnDeclaration[] =>
  columns.filter(({ name, feature }) => feature && name !== recordId && name !== target.column);

export const servedColumns = (dataset: Dataset): ServedColumn[] =>
  featureColumns(dataset).map(({ name, type, nullable, values }) => ({
    ...{ name, nullable, type: type === 'category' ? ('string' as const) : type },
    ...(values && { values: values.map(String) }),
  }));
