import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FileReference } from '@perennial/contracts';
import type { ObjectStore, PutOptions } from '@perennial/object-store';
import { SimulatedFault, type Simulator } from '../scheduler/simulator';

/** Not reached, or no answer. */
class ObjectsUnavailable extends Error {
  readonly code = 'OBJECT_STORE_UNAVAILABLE';
  readonly retryable = true;
}

export class MemoryObjects {
  readonly files = new Map<string, Uint8Array>();

  constructor(private readonly simulator: Simulator) {}

  of(process: string): ObjectStore {
    const step = async <T>(name: string, effect: () => T): Promise<T> => {
      try {
        return await this.simulator.perform(process, { target: 'objects', name }, effect);
      } catch (cause) {
        if (!(cause instanceof SimulatedFault)) throw cause;
        throw new ObjectsUnavailable(cause.message, { cause });
      }
    };
    const keyOf = ({ bucket, digest }: FileReference) => `${bucket}/${digest}`;
    return {
      put: (bucket: string, content: Uint8Array | Readable, { mediaType, rows }: PutOptions) => {
        if (content instanceof Readable) throw new TypeError('the simulation stores no streams');
        const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
        const place = { store: 'gridfs' as const, bucket, fileId: digest.slice('sha256:'.length), digest };
        const reference = { ...place, bytes: content.byteLength, mediaType, ...(rows !== undefined && { rows }) };
        return step(`put ${bucket}`, () => {
          this.files.set(keyOf(reference), content);
          return reference;
        });
      },
      get: (reference: FileReference) =>
        step('get', () => {
          const found = this.files.get(keyOf(reference));
          if (!found) throw new ObjectsUnavailable(`${keyOf(reference)} does not exist`);
          return found;
        }),
      stream: () => {
        throw new TypeError('the simulation streams no files');
      },
      exists: (reference: FileReference) => step('exists', () => this.files.has(keyOf(reference))),
      delete: (reference: FileReference) => step('delete', () => void this.files.delete(keyOf(reference))),
    };
  }

  /** Without a step, for what is checked in the end. */
  read({ bucket, digest }: Pick<FileReference, 'bucket' | 'digest'>): Uint8Array | undefined {
    return this.files.get(`${bucket}/${digest}`);
  }
}
