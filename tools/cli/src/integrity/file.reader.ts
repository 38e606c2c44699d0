import { cellAt, type Column, columnOf, readParquet, type Table } from '@perennial/columns';
import type { FileReference } from '@perennial/contracts';
import { type FilesRead, sampleOf } from '@perennial/integrity';
import { type ObjectStore, ObjectStoreError } from '@perennial/object-store';

const damage: ReadonlySet<string> = new Set(['OBJECT_NOT_FOUND', 'DIGEST_MISMATCH']);

/** Whose file it is. */
export type FileOwner = { readonly dataset: string } | { readonly pipeline: string };

interface Account {
  readonly owner: FileOwner;
  read: number;
  readonly damaged: Map<string, string>;
}

/** Reads the files that events refer to, one at a time, and keeps account of those that are not as they were told. */
export class FileReader {
  private readonly accounts = new Map<string, Account>();

  constructor(private readonly store: ObjectStore) {}

  /** Null for a file that is missing or changed; other failures are thrown. */
  async bytes(reference: FileReference, owner: FileOwner, what: string): Promise<Uint8Array | null> {
    const account = this.accountOf(owner);
    account.read += 1;
    try {
      return await this.store.get(reference);
    } catch (error) {
      if (!(error instanceof ObjectStoreError) || !damage.has(error.code)) throw error;
      account.damaged.set(what, error.code);
      return null;
    }
  }

  async table(reference: FileReference, owner: FileOwner, what: string, columns: string[]): Promise<Table | null> {
    const bytes = await this.bytes(reference, owner, what);
    return bytes && readParquet(bytes, { columns });
  }

  result(): FilesRead[] {
    return [...this.accounts.values()].map(({ owner, read, damaged }) => ({
      ...owner,
      read,
      damaged: sampleOf([...damaged].map(([what, code]) => `${what}: ${code}`)),
    }));
  }

  private accountOf(owner: FileOwner): Account {
    const name = JSON.stringify(owner);
    const known = this.accounts.get(name) ?? { owner, read: 0, damaged: new Map<string, string>() };
    this.accounts.set(name, known);
    return known;
  }
}

/** Cells of a column as text; null stays null. */
export function textsOf(table: Table, name: string): (string | null)[] {
  const column: Column = columnOf(table, name);
  return Array.from({ length: table.rows }, (_, row) => {
    const cell = cellAt(column, row);
    return cell === null || cell === undefined ? null : String(cell);
  });
}
