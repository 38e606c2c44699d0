import { writeFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { compiledEntry, ComputeThread } from '@perennial/compute-thread';
import type { FileReference } from '@perennial/contracts';
import { streamOf, withScratchFile } from '@perennial/object-store';
import {
  type FittedPreprocessing,
  PreprocessingError,
  type PreprocessingErrorCode,
} from '@perennial/preprocessing-steps';
import type { EncodedBatch } from '../application/batch.work';
import { computeHere } from '../application/compute.here';
import type { BatchCompute, FileStore } from '../application/ports';
import type { BatchRequest } from './batch.worker';

/** A smaller file is worked on at once in some 100 ms: sooner than a thread could start. */
const MIN_BYTES = 512 * 1024;
const HEAP_MIB = 256;

type Files = FileStore & { stream(reference: FileReference): Readable };

/** Large batches in a thread of their own, from file to file: neither memory nor the event loop feels their size. */
export class ThreadedCompute implements BatchCompute {
  private readonly entry = compiledEntry(__dirname, 'batch.worker.js');
  private readonly here: BatchCompute;

  constructor(private readonly files: Files) {
    this.here = computeHere(files);
  }

  fit: BatchCompute['fit'] = (raw, pipeline, signal) => {
    if (raw.bytes < MIN_BYTES) return this.here.fit(raw, pipeline, signal);
    return this.withRaw(raw, (from) => this.ask<FittedPreprocessing>({ fit: { from, pipeline } }, signal));
  };

  encode: BatchCompute['encode'] = (raw, task, store, signal) => {
    if (raw.bytes < MIN_BYTES) return this.here.encode(raw, task, store, signal);
    return this.withRaw(raw, (from) =>
      withScratchFile(async (prepared) => {
        const encoded = await this.ask<EncodedBatch>({ encode: { from, to: prepared.fd, task } }, signal);
        return store(streamOf(prepared), encoded);
      }),
    );
  };

  private withRaw<T>(raw: FileReference, work: (file: number) => Promise<T>): Promise<T> {
    return withScratchFile(async (file) => {
      await writeFile(file, this.files.stream(raw));
      return work(file.fd);
    });
  }

  /** An aborted signal ends the thread. Settles after the thread has ended: nothing writes to a file that was closed. */
  private async ask<T>(request: BatchRequest, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const thread = new ComputeThread({ name: 'batch', file: this.entry, heapMiB: HEAP_MIB });
    let ended: Promise<void> | undefined;
    const end = () => (ended ??= thread.close());
    signal?.addEventListener('abort', end, { once: true });
    try {
      return await thread.call<T>(request);
    } catch (error) {
      signal?.throwIfAborted();
      throw own(error);
    } finally {
      signal?.removeEventListener('abort', end);
      await end();
    }
  }
}

const codes: ReadonlySet<unknown> = new Set<PreprocessingErrorCode>([
  'REFERENCE_EMPTY',
  'NO_FEATURES',
  'FEATURE_DUPLICATE',
]);

/** Errors lose their class between threads. */
function own(error: unknown): unknown {
  const { code, message, details } = error as { code?: unknown; message: string; details?: Record<string, unknown> };
  return codes.has(code) ? new PreprocessingError(code as PreprocessingErrorCode, message, details) : error;
}
