import { createHash } from 'node:crypto';

export type FeatureType = 'string' | 'number' | 'integer' | 'boolean' | 'date';

/** A column by its logical type: its width may differ from day to day. */
export interface FeatureColumn {
  name: string;
  type: FeatureType;
}

export interface ViewVersion {
  /** From 1. */
  version: number;
  schemaDigest: string;
  columns: FeatureColumn[];
  createdAt: Date;
}

/** The prepared batches of one dataset, readable as one table per version. */
export interface FeatureView {
  name: string;
  dataset: string;
  owner: string;
  versions: ViewVersion[];
}

/** SHA-256 over names and types in the order of the columns. */
export function schemaDigestOf(columns: readonly FeatureColumn[]): string {
  const text = JSON.stringify(columns.map(({ name, type }) => [name, type]));
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/**
 * The view with the version that a batch of these columns belongs to: the one that has them already, else a new one.
 * The owner is whoever the pipeline names now.
 */
export function withSchema(
  before: FeatureView | null,
  batch: { view: string; dataset: string; owner: string; columns: FeatureColumn[] },
  now: Date,
): { view: FeatureView; version: ViewVersion } {
  const view = before ?? { name: batch.view, dataset: batch.dataset, owner: batch.owner, versions: [] };
  const schemaDigest = schemaDigestOf(batch.columns);
  const known = view.versions.find((version) => version.schemaDigest === schemaDigest);
  if (known) return { view: { ...view, owner: batch.owner }, version: known };
  const version = { version: view.versions.length + 1, schemaDigest, columns: batch.columns, createdAt: now };
  return { view: { ...view, owner: batch.owner, versions: [...view.versions, version] }, version };
}
