import { cellAt, type Column, columnOf, readParquet, type Table } from '@perennial/columns';
import type { FileReference } from '@perennial/contracts';
import { type Sample, sampleOf } from '@perennial/integrity';
import { type ObjectStore, ObjectStoreError } from '@perennial/object-store';

const damage: ReadonlySet<string> = new Set(['OBJECT_NOT_FOUND', 'DIGEST_MISMATCH']);

/** Reads the files that events refer to, one at a time, and keeps account of those that are not as they were told. */
export class FileReader {
  private read = 0;
  private readonly damaged = new Map<string, string>();

  constructor(private readonly store: ObjectStore) {}

  /** Null for a file that is missing or changed; other failures are thrown. */
  async bytes(reference: FileReference, what: string): Promise<Uint8Array | null> {
    this.read += 1;
    try {
      return await this.store.get(reference);
    } catch (error) {
      if (!(error instanceof ObjectStoreError) || !damage.has(error.code)) throw error;
      this.damaged.set(what, error.code);
      return null;
    }
  }

  async table(reference: FileReference, what: string, columns: string[]): Promise<Table | null> {
    const bytes = await this.bytes(reference, what);
    return bytes && readParquet(bytes, { columns });
  }

  result(): { read: number; damaged: Sample } {
    return { read: this.read, damaged: sampleOf([...this.damaged].map(([what, code]) => `${what}: ${code}`)) };
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
