import { mkdir } from 'node:fs/promises';
import { type Database, open, type RootDatabase } from 'lmdb';
import type { OnlineEntry, OnlineStore } from '../application/ports';
import { type OnlineRow, replaces } from '../domain/online.row';

type Schema = [version: number, names: readonly string[]];
type Stored = [version: number, day: string, addedAt: number, values: OnlineRow['values']];

/**
 * The newest row of each entity in a memory-mapped file: a lookup takes microseconds and no thread. It is a copy of what
 * the object store holds, so it may be deleted while the service is stopped.
 */
export class LmdbOnlineStore implements OnlineStore {
  private readonly rows: Database<Stored, Buffer>;
  private readonly taken: Database<string, string>;
  private readonly schemas: Database<Schema[], string>;
  /** Asked for at every lookup. */
  private readonly known = new Map<string, ReadonlyMap<number, readonly string[]>>();

  private constructor(private readonly root: RootDatabase) {
    this.rows = root.openDB({ name: 'rows', keyEncoding: 'binary', encoding: 'msgpack' });
    this.taken = root.openDB({ name: 'taken', encoding: 'string' });
    this.schemas = root.openDB({ name: 'schemas', encoding: 'json' });
  }

  static async create(directory: string): Promise<LmdbOnlineStore> {
    await mkdir(directory, { recursive: true });
    return new LmdbOnlineStore(open({ path: directory, maxDbs: 3 }));
  }

  get(digest: Buffer): OnlineRow | undefined {
    const stored = this.rows.get(digest);
    return stored && rowOf(stored);
  }

  async put(entries: readonly OnlineEntry[]): Promise<void> {
    await this.root.transaction(() => {
      for (const { digest, row } of entries) {
        const before = this.rows.get(digest);
        if (before && !replaces(row, rowOf(before))) continue;
        // Resolves with the transaction.
        void this.rows.put(digest, [row.version, row.day, row.addedAt, row.values]);
      }
    });
  }

  isTaken(batch: string, mark: string): boolean {
    return this.taken.get(batch) === mark;
  }

  async setTaken(batch: string, mark: string): Promise<void> {
    await this.taken.put(batch, mark);
  }

  schemasOf(view: string): ReadonlyMap<number, readonly string[]> {
    const schemas = this.known.get(view) ?? new Map(this.schemas.get(view) ?? []);
    this.known.set(view, schemas);
    return schemas;
  }

  async setSchema(view: string, version: number, names: readonly string[]): Promise<void> {
    const schemas = new Map(this.schemasOf(view)).set(version, names);
    await this.schemas.put(view, [...schemas]);
    this.known.set(view, schemas);
  }

  async close(): Promise<void> {
    await this.root.close();
  }
}

const rowOf = ([version, day, addedAt, values]: Stored): OnlineRow => ({ version, day, addedAt, values });
