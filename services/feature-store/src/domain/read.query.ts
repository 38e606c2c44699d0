import type { FeatureColumn } from './feature.view';

export interface ReadRequest {
  batches: readonly string[];
  columns?: readonly string[];
  /** Rows whose split lies in [from, to). */
  split?: { from: number; to: number };
  labelledOnly?: boolean;
}

export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Columns of the request that the view version does not have. */
export function unknownColumns(request: ReadRequest, columns: readonly FeatureColumn[]): string[] {
  const known = new Set(columns.map(({ name }) => name));
  return (request.columns ?? []).filter((name) => !known.has(name));
}

/**
 * SQL over one Parquet file per batch, in the order of the batches; rows keep their order. union_by_name widens a
 * column whose width differs between files.
 */
export function selectSql(files: readonly string[], columns: readonly FeatureColumn[], request: ReadRequest): string {
  const names = request.columns ?? columns.map(({ name }) => name);
  const conditions = [
    ...(request.split ? [`"split" >= ${Number(request.split.from)} AND "split" < ${Number(request.split.to)}`] : []),
    ...(request.labelledOnly ? ['"label" IS NOT NULL'] : []),
  ];
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
  const source = `read_parquet([${files.map(literal).join(', ')}], union_by_name = true)`;
  return `SELECT ${names.map(identifier).join(', ')} FROM ${source}${where}`;
}

/** Snappy is what every Parquet reader has. */
export const copySql = (select: string, target: string): string =>
  `COPY (${select}) TO ${literal(target)} (FORMAT parquet, COMPRESSION snappy)`;

export const describeSql = (file: string): string => `DESCRIBE SELECT * FROM read_parquet([${literal(file)}])`;
