import { type Document, keyOf, valueAt } from './document.values';
import { duplicateKey, writeConflict } from './server.errors';
import type { ServerTransaction } from './server.transaction';
import type { VersionedCollection } from './versioned.collection';

export interface Index {
  name: string;
  key: Record<string, 1 | -1>;
  unique?: boolean;
  /** Seconds after the time of the indexed field. */
  expireAfterSeconds?: number;
}

/** Which document holds each key of a unique index, as last committed. A missing field counts as null. */
export class UniqueKeys {
  private readonly holders = new Map<string, string>();

  constructor(private readonly index: Index) {}

  replace(key: string, before: Document | null, after: Document | null): void {
    if (before && this.holders.get(this.entry(before)) === key) this.holders.delete(this.entry(before));
    if (after) this.holders.set(this.entry(after), key);
  }

  /** Throws what the server answers when another document holds the key, or may come to hold it. */
  require(collection: VersionedCollection, key: string, document: Document, transaction: ServerTransaction): void {
    const entry = this.entry(document);
    for (const write of transaction.writtenIn(collection)) {
      if (write.key !== key && write.document && this.entry(write.document) === entry)
        throw this.duplicate(collection, document);
    }
    const holder = this.holders.get(entry);
    if (holder !== undefined && holder !== key && !transaction.written(collection, holder)) {
      if (collection.committedAt(holder) > transaction.snapshot) throw writeConflict();
      throw this.duplicate(collection, document);
    }
    for (const other of collection.pending()) {
      if (other.transaction !== transaction && other.document && this.entry(other.document) === entry)
        throw writeConflict();
    }
  }

  private entry(document: Document): string {
    return Object.keys(this.index.key)
      .map((path) => keyOf(valueAt(document, path)))
      .join('\u0000');
  }

  private duplicate(collection: VersionedCollection, document: Document) {
    const values = Object.keys(this.index.key).map((path) => [path, valueAt(document, path) ?? null]);
    return duplicateKey(collection.namespace, this.index.name, this.index.key, Object.fromEntries(values));
  }
}
