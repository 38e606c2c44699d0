import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FileReference } from '@perennial/contracts';
import { ObjectStoreError, type ObjectStore, type PutOptions } from '@perennial/object-store';
import { SimulatedFault, type Simulator } from '../scheduler/simulator';

type Place = Pick<FileReference, 'bucket' | 'fileId'>;

const kind = 's3';
const chunkBytes = 64 * 1024;

const keyOf = ({ bucket, fileId }: Place): string => `${bucket}/${fileId}`;

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** An S3-compatible store in the simulation: each request is one step of the process that makes it. */
export class SimulatedObjects {
  private readonly files = new Map<string, Uint8Array>();

  constructor(private readonly simulator: Simulator) {}

  of(process: string): ObjectStore {
    const request = <T>(name: string, place: Place, effect: () => T): Promise<T> =>
      this.request(process, name, place, effect);
    const get = async (reference: FileReference): Promise<Uint8Array> => {
      requireKind(reference);
      const found = await request('get', reference, () => this.files.get(keyOf(reference)));
      return verified(reference, found);
    };
    return {
      put: async (bucket, content, options) => {
        const bytes = await wholeOf(content);
        const reference = referenceTo(bucket, bytes, options);
        await request('put', reference, () => void this.files.set(keyOf(reference), bytes));
        return reference;
      },
      get,
      stream: (reference) =>
        Readable.from(
          chunksOf(() => get(reference)),
          { objectMode: false },
        ),
      exists: async (reference) => {
        requireKind(reference);
        return request('exists', reference, () => this.files.has(keyOf(reference)));
      },
      delete: async (reference) => {
        requireKind(reference);
        await request('delete', reference, () => void this.files.delete(keyOf(reference)));
      },
    };
  }

  /** Without a step, for what is checked in the end. */
  read(place: Place): Uint8Array | undefined {
    return this.files.get(keyOf(place));
  }

  /** Other bytes under the same name, as after damage. */
  replace(place: Place, bytes: Uint8Array): void {
    this.files.set(keyOf(place), bytes);
  }

  private async request<T>(process: string, name: string, place: Place, effect: () => T): Promise<T> {
    try {
      return await this.simulator.perform(process, { target: 'objects', name: `${name} ${place.bucket}` }, effect);
    } catch (error) {
      if (!(error instanceof SimulatedFault)) throw error;
      throw new ObjectStoreError('OBJECT_STORE_UNAVAILABLE', error.message, { ...place }, error);
    }
  }
}

function referenceTo(bucket: string, bytes: Uint8Array, { mediaType, rows }: PutOptions): FileReference {
  const fileId = sha256(bytes);
  const size = { bytes: bytes.byteLength, ...(rows === undefined ? {} : { rows }) };
  return { store: kind, bucket, fileId, digest: `sha256:${fileId}`, ...size, mediaType };
}

/** A copy, so that the store shares nothing with the writer. */
async function wholeOf(content: Uint8Array | Readable): Promise<Uint8Array> {
  if (!(content instanceof Readable)) return Uint8Array.from(content);
  const parts: Uint8Array[] = [];
  for await (const part of content) parts.push(Buffer.from(part as Uint8Array));
  return Uint8Array.from(Buffer.concat(parts));
}

async function* chunksOf(get: () => Promise<Uint8Array>): AsyncGenerator<Uint8Array> {
  const bytes = await get();
  for (let start = 0; start < bytes.byteLength; start += chunkBytes) yield bytes.subarray(start, start + chunkBytes);
}

function verified({ bucket, fileId, digest }: FileReference, bytes: Uint8Array | undefined): Uint8Array {
  const place = { store: kind, bucket, fileId };
  if (!bytes) throw new ObjectStoreError('OBJECT_NOT_FOUND', `File ${fileId} is not in bucket ${bucket}`, place);
  const found = `sha256:${sha256(bytes)}`;
  if (found === digest) return Uint8Array.from(bytes);
  const message = `File ${fileId} in bucket ${bucket} has digest ${found}, expected ${digest}`;
  throw new ObjectStoreError('DIGEST_MISMATCH', message, { ...place, expected: digest, found });
}

function requireKind({ store, fileId }: FileReference): void {
  if (store === kind) return;
  throw new ObjectStoreError('WRONG_STORE', `The reference says store ${store}, this is ${kind}`, { store, fileId });
}
