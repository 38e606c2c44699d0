import type { Dataset } from './pipeline';

/** A column that a model of the pipeline may take, as it is served: categories are strings. */
export interface ServedColumn {
  name: string;
  type: 'string' | 'number' | 'integer' | 'boolean' | 'date';
  nullable: boolean;
  /** Those that are declared, as text. */
  values?: readonly string[];
}

/** All columns but the record id and the target. */
export const servedColumns = ({ columns, recordId, target }: Dataset): ServedColumn[] =>
  columns
    .filter(({ name }) => name !== recordId && name !== target.column)
    .map(({ name, type, nullable, values }) => ({
      ...{ name, nullable, type: type === 'category' ? ('string' as const) : type },
      ...(values && { values: values.map(String) }),
    }));
