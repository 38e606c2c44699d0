// Worker thread entry: one session, one run at a time. session.run blocks its thread, hence a thread of its own;
// and released sessions leak memory, which goes with the thread.
import { parentPort, workerData } from 'node:worker_threads';
import { yieldThread } from '@perennial/compute-thread';
import type { InferenceSession } from 'onnxruntime-node';
import { inputsOf, openSession, probabilitiesOf } from './inference.session';
import type { RunRequest, WorkerReply, WorkerStart } from './worker.protocol';

const reply = (message: WorkerReply, transfer: ArrayBuffer[] = []): void => parentPort?.postMessage(message, transfer);

async function answer(session: InferenceSession, request: RunRequest): Promise<void> {
  try {
    const probabilities = await probabilitiesOf(session, request);
    reply({ kind: 'probabilities', probabilities }, [probabilities.buffer as ArrayBuffer]);
  } catch (error) {
    reply({ kind: 'failed', message: (error as Error).message });
  }
}

async function start({ model, threads, niceness }: WorkerStart): Promise<void> {
  // The session's threads inherit it.
  yieldThread(niceness);
  let session: InferenceSession;
  try {
    session = await openSession(model, threads);
  } catch (error) {
    return reply({ kind: 'unloadable', message: (error as Error).message });
  }
  parentPort?.on('message', (request: RunRequest) => void answer(session, request));
  reply({ kind: 'ready', inputs: inputsOf(session), outputs: [...session.outputNames] });
}

void start(workerData as WorkerStart);
