import type { MessagePort } from 'node:worker_threads';
import type { PackedBatch, TensorLayout } from './packed.model';

/** workerData of an inference worker. */
export interface WorkerStart {
  /** Packed. */
  model: Uint8Array;
  /** Threads within one operator. */
  threads: number;
  /** By how much it yields to others, from 0 to 19. */
  niceness: number;
  layout: TensorLayout;
  /** On which it is sent batches, and answers: unlike a worker's own, such a port can be asked for what has come. */
  port: MessagePort;
}

/** What a worker is sent after its start: batches to run. */
export type RunRequest = PackedBatch;

export type WorkerReply =
  | { kind: 'ready' }
  | { kind: 'unloadable'; message: string }
  | { kind: 'probabilities'; probabilities: Float32Array }
  | { kind: 'failed'; message: string };
