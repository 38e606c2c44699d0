import { type Document, keyOf, valueAt } from './document.values';
import { duplicateKey, writeConflict } from './server.errors';
import type { SnapshotTransaction } from './snapshot.transaction';

export interface Index {
  name: string;
  key: Record<string, 1 | -1>;
  unique?: boolean;
  /** Seconds after the time of the indexed field. */
  expireAfterSeconds?: number;
}

/** What the keys need to know of the collection that they index. */
interface IndexedCollection<Collection> {
  readonly namespace: string;
  readonly lastCommit: number;
  scan(transaction: SnapshotTransaction<Collection>): Iterable<Document>;
  pending(): Iterable<{ transaction: SnapshotTransaction<Collection>; document: Document | null }>;
}

/** Which document holds each key of a unique index, as last committed. A missing field counts as null. */
export class UniqueKeys<Collection extends IndexedCollection<Collection>> {
  private readonly holders = new Map<string, string>();

  constructor(private readonly index: Index) {}

  replace(key: string, before: Document | null, after: Document | null): void {
    if (before && this.holders.get(this.entry(before)) === key) this.holders.delete(this.entry(before));
    if (after) this.holders.set(this.entry(after), key);
  }

  /** Refuses a key that another document has in the transaction or in its snapshot. */
  requireUnseen(
    collection: Collection,
    key: string,
    document: Document,
    transaction: SnapshotTransaction<Collection>,
  ): void {
    const entry = this.entry(document);
    const own = [...transaction.writtenIn(collection)].some(
      (write) => write.key !== key && write.document && this.entry(write.document) === entry,
    );
    if (own || this.seen(collection, key, entry, transaction)) throw this.duplicate(collection, document);
  }

  /** A key that another transaction took since, or is about to take, is a conflict. */
  requireFree(
    collection: Collection,
    key: string,
    document: Document,
    transaction: SnapshotTransaction<Collection>,
  ): void {
    const entry = this.entry(document);
    const holder = this.holders.get(entry);
    if (holder !== undefined && holder !== key && !transaction.written(collection, holder)) throw writeConflict();
    for (const other of collection.pending()) {
      if (other.transaction === transaction || !other.document) continue;
      if (this.entry(other.document) === entry) throw writeConflict();
    }
  }

  /** Whether another document held the key in the snapshot; it may have lost it since. */
  private seen(
    collection: Collection,
    key: string,
    entry: string,
    transaction: SnapshotTransaction<Collection>,
  ): boolean {
    if (collection.lastCommit <= transaction.snapshot) {
      const holder = this.holders.get(entry);
      return holder !== undefined && holder !== key && !transaction.written(collection, holder);
    }
    for (const document of collection.scan(transaction)) {
      const other = keyOf(document['_id']);
      if (other !== key && !transaction.written(collection, other) && this.entry(document) === entry) return true;
    }
    return false;
  }

  private entry(document: Document): string {
    return Object.keys(this.index.key)
      .map((path) => keyOf(valueAt(document, path)))
      .join('\u0000');
  }

  private duplicate(collection: Collection, document: Document) {
    const values = Object.keys(this.index.key).map((path) => [path, valueAt(document, path) ?? null]);
    return duplicateKey(collection.namespace, this.index.name, this.index.key, Object.fromEntries(values));
  }
}
