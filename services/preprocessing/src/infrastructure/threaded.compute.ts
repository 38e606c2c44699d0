import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline as piped } from 'node:stream/promises';
import { compiledEntry, ComputeThread } from '@perennial/compute-thread';
import type { FileReference } from '@perennial/contracts';
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

  fit: BatchCompute['fit'] = (raw, pipeline) => {
    if (raw.bytes < MIN_BYTES) return this.here.fit(raw, pipeline);
    return this.inFolder(raw, (from) => this.ask<FittedPreprocessing>({ fit: { from, pipeline } }));
  };

  encode: BatchCompute['encode'] = (raw, task, store) => {
    if (raw.bytes < MIN_BYTES) return this.here.encode(raw, task, store);
    return this.inFolder(raw, async (from, folder) => {
      const to = join(folder, 'prepared.parquet');
      const encoded = await this.ask<EncodedBatch>({ encode: { from, to, task } });
      return store(createReadStream(to), encoded);
    });
  };

  private async inFolder<T>(raw: FileReference, work: (file: string, folder: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), 'perennial-batch-'));
    try {
      const file = join(folder, 'raw.parquet');
      await piped(this.files.stream(raw), createWriteStream(file, { mode: 0o600 }));
      return await work(file, folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  private async ask<T>(request: BatchRequest): Promise<T> {
    const thread = new ComputeThread({ name: 'batch', file: this.entry, heapMiB: HEAP_MIB });
    try {
      return await thread.call<T>(request);
    } catch (error) {
      throw own(error);
    } finally {
      await thread.close();
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
