import type { Readable } from 'node:stream';
import type { FileReference } from '@perennial/contracts';

export interface PutOptions {
  mediaType: string;
  /** Rows of a data file; carried in the reference. */
  rows?: number;
  /** For people who browse the store; the first writer of the same bytes names them. */
  name?: string;
}

/**
 * Immutable files, addressed by the SHA-256 of their bytes: the same bytes in the same bucket are one file,
 * so put may be repeated freely, and delete removes it for every holder of a reference to these bytes.
 * A file is visible whole or not at all. Every method throws ObjectStoreError.
 */
export interface ObjectStore {
  put(bucket: string, content: Uint8Array | Readable, options: PutOptions): Promise<FileReference>;
  /** The whole file; OBJECT_NOT_FOUND, or DIGEST_MISMATCH when the bytes are not those of the reference. */
  get(reference: FileReference): Promise<Uint8Array>;
  /** The same checks as get, at the end: act on nothing before the stream has ended without an error. */
  stream(reference: FileReference): Readable;
  exists(reference: FileReference): Promise<boolean>;
  /** Deleting a file that is not there is no error. */
  delete(reference: FileReference): Promise<void>;
}
