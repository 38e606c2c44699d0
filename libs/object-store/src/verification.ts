import { createHash } from 'node:crypto';
import type { FileReference } from '@perennial/contracts';
import { ObjectStoreError } from './object-store.errors';

/** Passes the bytes on and throws DIGEST_MISMATCH after the last when they are not those of the reference. */
export async function* verified(
  reference: Pick<FileReference, 'store' | 'bucket' | 'fileId' | 'digest'>,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    bytes += chunk.byteLength;
    yield chunk;
  }
  const found = `sha256:${hash.digest('hex')}`;
  if (found === reference.digest) return;
  const { store, bucket, fileId, digest } = reference;
  throw new ObjectStoreError(
    'DIGEST_MISMATCH',
    `File ${fileId} in bucket ${bucket} of ${store} has digest ${found}, expected ${digest}`,
    { store, bucket, fileId, expected: digest, found, bytes },
  );
}

export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.byteLength;
  }
  return whole;
}

export function notFound(reference: FileReference, cause?: unknown): ObjectStoreError {
  const { store, bucket, fileId } = reference;
  const message = `File ${fileId} is not in bucket ${bucket} of ${store}`;
  return new ObjectStoreError('OBJECT_NOT_FOUND', message, { store, bucket, fileId }, cause);
}

/** A reference names the kind of store it lies in; another kind cannot serve it. */
export function requireStore(reference: FileReference, store: FileReference['store']): void {
  if (reference.store === store) return;
  const message = `The reference says store ${reference.store}, but this process is configured for ${store} (OBJECT_STORE)`;
  throw new ObjectStoreError('WRONG_STORE', message, { fileId: reference.fileId, store: reference.store });
}
