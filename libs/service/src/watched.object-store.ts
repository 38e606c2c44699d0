import type { Readable } from 'node:stream';
import type { FileReference } from '@perennial/contracts';
import { isUnbounded } from '@perennial/messaging';
import type { ObjectStore, PutOptions } from '@perennial/object-store';

type Kind = 'read' | 'write';

/** Remembers that the store was away, full or refused the service, until a call succeeds again. */
export class WatchedObjectStore implements ObjectStore {
  private readonly failures = new Map<Kind, unknown>();

  constructor(private readonly store: ObjectStore) {}

  /** Throws what the last call failed with, while the store is at fault. */
  check(): void {
    for (const failure of this.failures.values()) throw failure;
  }

  put(bucket: string, content: Uint8Array | Readable, options: PutOptions): Promise<FileReference> {
    return this.watch(this.store.put(bucket, content, options), 'write');
  }

  get(reference: FileReference): Promise<Uint8Array> {
    return this.watch(this.store.get(reference), 'read');
  }

  stream(reference: FileReference): Readable {
    const stream = this.store.stream(reference);
    stream.once('end', () => this.worked('read'));
    stream.once('error', (error) => this.failed('read', error));
    return stream;
  }

  exists(reference: FileReference): Promise<boolean> {
    return this.watch(this.store.exists(reference), 'read');
  }

  delete(reference: FileReference): Promise<void> {
    return this.watch(this.store.delete(reference), 'read');
  }

  private async watch<T>(call: Promise<T>, kind: Kind): Promise<T> {
    try {
      const result = await call;
      this.worked(kind);
      return result;
    } catch (error) {
      this.failed(kind, error);
      throw error;
    }
  }

  /** A full store can still be read: only what was written tells that there is room again. */
  private worked(kind: Kind): void {
    this.failures.delete('read');
    this.failures.delete(kind);
  }

  private failed(kind: Kind, error: unknown): void {
    if (isUnbounded(error)) this.failures.set(kind, error);
  }
}
