import type { Document } from './document.values';
import { ServerTransaction } from './server.transaction';
import { VersionedCollection } from './versioned.collection';

/** One document as a commit changed it. The changes of one transaction follow each other. */
export interface DocumentChange {
  /** From 1, in the order of commit. */
  sequence: number;
  /** Simulated milliseconds. */
  at: number;
  /** Who wrote it; `ttl` for what expired. */
  process: string;
  /** Number of the commit. */
  transaction: number;
  collection: string;
  id: unknown;
  /** Null: there was none. */
  before: Document | null;
  /** Null: deleted. */
  after: Document | null;
}

/** What the server keeps: committed documents, open transactions and what was committed in which order. */
export class ServerState {
  readonly log: DocumentChange[] = [];
  private readonly collections = new Map<string, VersionedCollection>();
  private readonly open = new Set<ServerTransaction>();
  private commits = 0;

  find(database: string, name: string): VersionedCollection | undefined {
    return this.collections.get(`${database}.${name}`);
  }

  /** Created when it does not exist. */
  collection(database: string, name: string): VersionedCollection {
    const namespace = `${database}.${name}`;
    const found = this.collections.get(namespace);
    if (found) return found;
    const created = new VersionedCollection(name, namespace);
    this.collections.set(namespace, created);
    return created;
  }

  ofDatabase(database: string): VersionedCollection[] {
    return this.all().filter(({ namespace }) => namespace.startsWith(`${database}.`));
  }

  all(): VersionedCollection[] {
    return [...this.collections.values()];
  }

  drop({ namespace }: VersionedCollection): void {
    this.collections.delete(namespace);
  }

  begin(process: string, now: number): ServerTransaction {
    const transaction = new ServerTransaction(process, this.commits, now);
    this.open.add(transaction);
    return transaction;
  }

  commit(transaction: ServerTransaction, now: number): void {
    this.open.delete(transaction);
    const { process, writes } = transaction;
    if (writes.length === 0) return;
    const number = ++this.commits;
    const oldest = Math.min(number, ...[...this.open].map(({ snapshot }) => snapshot));
    for (const { collection, key, id, document } of writes) {
      const before = collection.commit(key, document, number, oldest);
      if (before === null && document === null) continue;
      const sequence = this.log.length + 1;
      const { name } = collection;
      this.log.push({ sequence, at: now, process, transaction: number, collection: name, id, before, after: document });
    }
  }

  abort(transaction: ServerTransaction): void {
    if (!this.open.delete(transaction)) return;
    for (const { collection, key } of transaction.writes) collection.release(key);
  }

  isOpen(transaction: ServerTransaction): boolean {
    return this.open.has(transaction);
  }

  /** All of them, or those that began before an instant. */
  abortOpen(startedBefore = Infinity): void {
    for (const transaction of this.open) if (transaction.startedAt < startedBefore) this.abort(transaction);
  }
}
