import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ModelRuntimeError } from './model-runtime.errors';
import type { WorkerStart } from './worker.protocol';

export type SpawnWorker = (start: WorkerStart) => Worker;

const ENTRY = 'inference.worker.js';

/** The compiled worker: beside this file in dist, or in dist when this file runs from source. */
export function workerFile(directory = __dirname): string {
  const candidates = [join(directory, ENTRY), join(directory, '..', 'dist', ENTRY)];
  const found = candidates.find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new ModelRuntimeError(
    'WORKER_MISSING',
    `The inference worker is not compiled: build the package first (npx tsc -b libs/model-runtime)`,
    { candidates },
  );
}

export const spawnWorker: SpawnWorker = (start) => new Worker(workerFile(), { workerData: start, name: 'inference' });
