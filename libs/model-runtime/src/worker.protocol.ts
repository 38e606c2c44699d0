import type { MessagePort } from 'node:worker_threads';
import type { BatchColumns, InputBatch } from './input.batch';
import type { TensorInput } from './model.signature';

/** workerData of an inference worker. */
export interface WorkerStart {
  model: Uint8Array;
  /** Threads within one operator. */
  threads: number;
  /** By how much it yields to others, from 0 to 19. */
  niceness: number;
  columns: BatchColumns;
  /** On which it is sent batches, and answers: unlike a worker's own, such a port can be asked for what has come. */
  port: MessagePort;
}

/** What a worker is sent after its start: batches to run. */
export type RunRequest = InputBatch;

export type WorkerReply =
  | { kind: 'ready'; inputs: TensorInput[]; outputs: string[] }
  | { kind: 'unloadable'; message: string }
  | { kind: 'probabilities'; probabilities: Float32Array }
  | { kind: 'failed'; message: string };
