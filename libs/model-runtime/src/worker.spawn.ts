import { Worker } from 'node:worker_threads';
import { compiledEntry } from '@perennial/compute-thread';
import { ModelRuntimeError } from './model-runtime.errors';
import type { WorkerStart } from './worker.protocol';

export type SpawnWorker = (start: WorkerStart) => Worker;

/** The compiled file of an entry of this package. Throws WORKER_MISSING. */
export function entryFile(entry: string, directory = __dirname): string {
  try {
    return compiledEntry(directory, entry);
  } catch (cause) {
    throw new ModelRuntimeError('WORKER_MISSING', (cause as Error).message, { entry }, cause);
  }
}

export const workerFile = (directory?: string): string => entryFile('inference.worker.js', directory);

/** It makes little garbage, and the heap's own bound would let it keep many megabytes of it. */
const resourceLimits = { maxYoungGenerationSizeMb: 4 };

export const spawnWorker: SpawnWorker = (start) =>
  new Worker(workerFile(), { workerData: start, transferList: [start.port], name: 'inference', resourceLimits });
