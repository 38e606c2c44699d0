import type { EntityIndex } from './entity.index';
import type { FeatureColumn } from './feature.view';
import { identifier, literal } from './read.query';

const RAW = 'raw.';

/** Features of a view by the names that pipelines know: those that a model takes. */
export const onlineFeatures = (columns: readonly FeatureColumn[]): FeatureColumn[] =>
  columns.filter(({ name }) => name.startsWith(RAW)).map(({ name, type }) => ({ name: name.slice(RAW.length), type }));

/** The index's entities that no column of the view holds. */
export function missingEntities({ entities, recordId }: EntityIndex, columns: readonly FeatureColumn[]): string[] {
  const known = new Set(onlineFeatures(columns).map(({ name }) => name));
  return entities.filter((name) => name !== recordId && !known.has(name));
}

/** SQL for a batch's rows: the values of the key, then those of the features; days are texts, integers are doubles. */
export function onlineSql(
  file: string,
  { entities, recordId }: EntityIndex,
  columns: readonly FeatureColumn[],
): string {
  const features = onlineFeatures(columns);
  const byName = new Map(features.map((feature) => [feature.name, feature]));
  const keys = entities.map((name) =>
    name === recordId ? identifier('record_id') : cast(byName.get(name) as FeatureColumn),
  );
  return `SELECT ${[...keys, ...features.map(cast)].join(', ')} FROM read_parquet([${literal(file)}])`;
}

function cast({ name, type }: FeatureColumn): string {
  const column = identifier(`${RAW}${name}`);
  if (type === 'date') return `CAST(${column} AS VARCHAR)`;
  return type === 'string' || type === 'boolean' ? column : `CAST(${column} AS DOUBLE)`;
}
