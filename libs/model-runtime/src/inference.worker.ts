// Worker thread entry: one session, one run at a time. session.run blocks its thread, hence a thread of its own;
// and released sessions leak memory, which goes with the thread.
import { workerData } from 'node:worker_threads';
import { SerialQueue, yieldThread } from '@perennial/compute-thread';
import { BatchRunner, openSession } from './inference.session';
import type { RunRequest, WorkerReply, WorkerStart } from './worker.protocol';

const { port, model, threads, niceness, layout } = workerData as WorkerStart;

const reply = (message: WorkerReply): void => port.postMessage(message);

async function answer(runner: BatchRunner, request: RunRequest): Promise<void> {
  try {
    // Copied: to hand over so few bytes costs more.
    reply({ kind: 'probabilities', probabilities: await runner.probabilitiesOf(request) });
  } catch (error) {
    reply({ kind: 'failed', message: (error as Error).message });
  }
}

async function start(): Promise<void> {
  // The session's threads inherit it.
  yieldThread(niceness);
  try {
    const runner = new BatchRunner(await openSession(model, threads), layout);
    const runs = new SerialQueue();
    port.on('message', (request: RunRequest) => void runs.run(() => answer(runner, request)));
    reply({ kind: 'ready' });
  } catch (error) {
    reply({ kind: 'unloadable', message: (error as Error).message });
  }
}

void start();
