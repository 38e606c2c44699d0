import type { ColumnDeclaration, Dataset } from './pipeline';

/** A column that a model of the pipeline may take, as it is served: categories are strings. */
export interface ServedColumn {
  name: string;
  type: 'string' | 'number' | 'integer' | 'boolean' | 'date';
  nullable: boolean;
  /** Those that are declared, as text. */
  values?: readonly string[];
}

/** What a row has beside its record id and its target. */
const otherColumns = ({ columns, recordId, target }: Dataset): ColumnDeclaration[] =>
  columns.filter(({ name }) => name !== recordId && name !== target.column);

/** Columns that a model may take. */
export const featureColumns = (dataset: Dataset): ColumnDeclaration[] =>
  otherColumns(dataset).filter(({ feature }) => feature);

/** Columns that are declared to be no features, and kept beside them. */
export const carriedColumns = (dataset: Dataset): ColumnDeclaration[] =>
  otherColumns(dataset).filter(({ feature }) => !feature);

export const servedColumns = (dataset: Dataset): ServedColumn[] =>
  featureColumns(dataset).map(({ name, type, nullable, values }) => ({
    ...{ name, nullable, type: type === 'category' ? ('string' as const) : type },
    ...(values && { values: values.map(String) }),
  }));
