import { type Document, keyOf } from './document.values';
import { duplicateKey, writeConflict } from './server.errors';
import type { SnapshotTransaction } from './snapshot.transaction';
import { type Index, UniqueKeys } from './unique.keys';

type Transaction = SnapshotTransaction<VersionedCollection>;

interface Version {
  /** The commit that wrote it. */
  at: number;
  /** Null: deleted. */
  document: Document | null;
}

/** Documents with the versions that open snapshots still see, and the locks of open transactions. */
export class VersionedCollection {
  readonly indexes = new Map<string, Index>([['_id_', { name: '_id_', key: { _id: 1 }, unique: true }]]);
  private readonly unique: UniqueKeys<VersionedCollection>[] = [];
  private readonly records = new Map<string, Version[]>();
  private readonly locks = new Map<string, Transaction>();

  /** Number of the last commit that wrote here. */
  lastCommit = 0;

  constructor(
    readonly name: string,
    readonly namespace: string,
  ) {}

  addIndex(index: Index): void {
    if (this.indexes.has(index.name)) return;
    if (index.unique) {
      const keys = new UniqueKeys<VersionedCollection>(index);
      for (const [key, versions] of this.records) keys.replace(key, null, versions.at(-1)!.document);
      this.unique.push(keys);
    }
    this.indexes.set(index.name, index);
  }

  get(key: string, transaction: Transaction): Document | null {
    const written = transaction.written(this, key);
    return written ? written.document : visible(this.records.get(key), transaction.snapshot);
  }

  /** In the order of insertion. */
  *scan(transaction: Transaction): Generator<Document> {
    for (const [key, versions] of this.records) {
      const written = transaction.written(this, key);
      const document = written ? written.document : visible(versions, transaction.snapshot);
      if (document) yield document;
    }
    for (const { key, document } of transaction.writtenIn(this)) {
      if (document && !this.records.has(key)) yield document;
    }
  }

  *keys(transaction: Transaction): Generator<string> {
    for (const key of this.records.keys()) if (this.get(key, transaction)) yield key;
  }

  *latest(): Generator<Document> {
    for (const versions of this.records.values()) {
      const { document } = versions.at(-1)!;
      if (document) yield document;
    }
  }

  insert(document: Document, transaction: Transaction): void {
    const id = document['_id'];
    const key = keyOf(id);
    const present = () => duplicateKey(this.namespace, '_id_', { _id: 1 }, { _id: id });
    // A document of its own or of its snapshot; one that came later conflicts below.
    if (this.get(key, transaction)) throw present();
    this.write(key, id, document, transaction);
  }

  /** Replaces or, with null, deletes a document; WriteConflict when another transaction wrote it or holds it. */
  write(key: string, id: unknown, document: Document | null, transaction: Transaction): void {
    // What breaks a unique index in the snapshot is refused as such, even where others wrote since.
    if (document) for (const keys of this.unique) keys.requireUnseen(this, key, document, transaction);
    const holder = this.locks.get(key);
    if (holder && holder !== transaction) throw writeConflict();
    const versions = this.records.get(key);
    if (!holder && versions && versions.at(-1)!.at > transaction.snapshot) throw writeConflict();
    if (document) for (const keys of this.unique) keys.requireFree(this, key, document, transaction);
    this.locks.set(key, transaction);
    transaction.write(this, key, id, document);
  }

  /** What open transactions would change. */
  *pending(): Generator<{ transaction: Transaction; document: Document | null }> {
    for (const [key, transaction] of this.locks) {
      yield { transaction, document: transaction.written(this, key)?.document ?? null };
    }
  }

  /** The document before. Versions that no snapshot from `oldest` on sees are dropped. */
  commit(key: string, document: Document | null, at: number, oldest: number): Document | null {
    const versions = this.records.get(key) ?? [];
    const before = versions.at(-1)?.document ?? null;
    for (const keys of this.unique) keys.replace(key, before, document);
    this.locks.delete(key);
    this.lastCommit = at;
    // A document that was deleted and comes again takes its place at the end.
    if (before === null) this.records.delete(key);
    versions.push({ at, document });
    this.records.set(key, versions);
    this.prune(key, versions, oldest);
    return before;
  }

  release(key: string): void {
    this.locks.delete(key);
  }

  private prune(key: string, versions: Version[], oldest: number): void {
    while (versions.length > 1 && versions[1]!.at <= oldest) versions.shift();
    if (versions.length === 1 && versions[0]!.document === null && versions[0]!.at <= oldest) this.records.delete(key);
  }
}

function visible(versions: Version[] | undefined, snapshot: number): Document | null {
  if (!versions) return null;
  for (let n = versions.length - 1; n >= 0; n--) {
    if (versions[n]!.at <= snapshot) return versions[n]!.document;
  }
  return null;
}
