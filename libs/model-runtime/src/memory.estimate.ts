/** A worker thread with its own heap and the runtime loaded, before a session: 9 MiB of resident memory (docs/adr/0023). */
const WORKER_BYTES = 10 * 1024 * 1024;

export interface MemoryUse {
  /** Of the model's file. */
  fileBytes: number;
  /** By how much the process of the trial grew while it took the file, opened it and ran the largest batch. */
  trialBytes: number;
  workers: number;
}

/**
 * What a model takes in a serving process. The trial measures the session and its largest run, alone in a process, so it
 * is not mixed up with what else a service does; a share of the service's own memory cannot be told apart. To that come
 * a thread for each worker, and the copy of the file that it is opened from again after a crash.
 */
export const estimatedMemory = ({ fileBytes, trialBytes, workers }: MemoryUse): number =>
  fileBytes + workers * (WORKER_BYTES + trialBytes);
