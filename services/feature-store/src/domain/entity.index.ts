import { createHash } from 'node:crypto';
import { canonicalText, type Pipeline } from '@perennial/pipeline';

/** By which columns the newest rows of a view are found. */
export interface EntityIndex {
  readonly view: string;
  readonly recordId: string;
  /** In the order of their names. */
  readonly entities: readonly string[];
}

/** Of a pipeline that looks features up here; null of any other. */
export function entityIndexOf({ dataset, serving }: Pipeline): EntityIndex | null {
  if (serving.enrichment?.source !== 'feature-store') return null;
  return {
    view: dataset.name,
    recordId: dataset.recordId,
    entities: [...serving.enrichment.entities].sort(),
  };
}

export const indexName = ({ view, entities }: EntityIndex): string => JSON.stringify([view, ...entities]);

/** One for each view and set of entities, whichever pipelines share it. */
export function entityIndexes(pipelines: Iterable<Pipeline>): EntityIndex[] {
  const found = [...pipelines].map(entityIndexOf).filter((index) => index !== null);
  return [...new Map(found.map((index) => [indexName(index), index])).values()];
}

/**
 * Where the row of an entity lies: SHA-256 of the index and the key's values in canonical text, so that 7 and "7" are the
 * same entity. Null where a part of the key is missing or no scalar.
 */
export function entityDigest(index: EntityIndex, key: readonly unknown[]): Buffer | null {
  const texts: string[] = [];
  for (const part of key) {
    if (typeof part !== 'string' && typeof part !== 'number' && typeof part !== 'boolean') return null;
    texts.push(canonicalText(part));
  }
  return createHash('sha256')
    .update(JSON.stringify([indexName(index), ...texts]))
    .digest();
}
