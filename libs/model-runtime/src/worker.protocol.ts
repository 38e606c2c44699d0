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
}

/** What a worker is sent after its start: batches to run. */
export type RunRequest = InputBatch;

export type WorkerReply =
  | { kind: 'ready'; inputs: TensorInput[]; outputs: string[] }
  | { kind: 'unloadable'; message: string }
  | { kind: 'probabilities'; probabilities: Float32Array }
  | { kind: 'failed'; message: string };
