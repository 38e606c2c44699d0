import type { Document } from './document.values';

export interface PendingWrite<Collection> {
  collection: Collection;
  key: string;
  id: unknown;
  /** Null: deleted. */
  document: Document | null;
}

/** Reads one snapshot and its own writes; its writes lock their documents until it ends. */
export class SnapshotTransaction<Collection> {
  private readonly pending = new Map<Collection, Map<string, PendingWrite<Collection>>>();
  /** In the order of the first write to each document. */
  readonly writes: PendingWrite<Collection>[] = [];

  constructor(
    readonly process: string,
    /** The last commit that it sees. */
    readonly snapshot: number,
    /** Milliseconds of the server. */
    readonly startedAt: number,
  ) {}

  /** Undefined: not written by this transaction. */
  written(collection: Collection, key: string): PendingWrite<Collection> | undefined {
    return this.pending.get(collection)?.get(key);
  }

  writtenIn(collection: Collection): Iterable<PendingWrite<Collection>> {
    return this.pending.get(collection)?.values() ?? [];
  }

  write(collection: Collection, key: string, id: unknown, document: Document | null): void {
    const earlier = this.written(collection, key);
    if (earlier) {
      earlier.document = document;
      return;
    }
    const write = { collection, key, id, document };
    let ofCollection = this.pending.get(collection);
    if (!ofCollection) this.pending.set(collection, (ofCollection = new Map()));
    ofCollection.set(key, write);
    this.writes.push(write);
  }
}
