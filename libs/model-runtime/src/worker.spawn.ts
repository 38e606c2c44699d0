import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ModelRuntimeError } from './model-runtime.errors';
import type { WorkerStart } from './worker.protocol';

export type SpawnWorker = (start: WorkerStart) => Worker;

/** The compiled entry: beside this file in dist, or in dist when this file runs from source. Throws WORKER_MISSING. */
export function compiledEntry(entry: string, directory = __dirname): string {
  const candidates = [join(directory, entry), join(directory, '..', 'dist', entry)];
  const found = candidates.find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new ModelRuntimeError(
    'WORKER_MISSING',
    `${entry} is not compiled: build the package first (npx tsc -b libs/model-runtime)`,
    { candidates },
  );
}

export const workerFile = (directory?: string): string => compiledEntry('inference.worker.js', directory);

export const spawnWorker: SpawnWorker = (start) => new Worker(workerFile(), { workerData: start, name: 'inference' });
