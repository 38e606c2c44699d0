// Worker thread entry: one session, one run at a time. session.run blocks its thread, hence a thread of its own;
// and released sessions leak memory, which goes with the thread.
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { OUTPUT } from './model.signature';
import type { RunRequest, WorkerReply, WorkerStart } from './worker.protocol';

const reply = (message: WorkerReply, transfer: ArrayBuffer[] = []): void => parentPort?.postMessage(message, transfer);

function feedsOf({ batch, numericInputs, stringInputs }: RunRequest): Record<string, Tensor> {
  const { rows, numbers, strings } = batch;
  const feeds: Record<string, Tensor> = {};
  numericInputs.forEach((name, c) => {
    feeds[name] = new Tensor('float32', numbers.subarray(c * rows, (c + 1) * rows), [rows, 1]);
  });
  stringInputs.forEach((name, c) => {
    feeds[name] = new Tensor('string', strings.slice(c * rows, (c + 1) * rows), [rows, 1]);
  });
  return feeds;
}

async function answer(session: InferenceSession, request: RunRequest): Promise<void> {
  try {
    const output = (await session.run(feedsOf(request), [OUTPUT]))[OUTPUT];
    if (!(output?.data instanceof Float32Array) || output.data.length !== request.batch.rows) {
      return reply({ kind: 'failed', message: `${OUTPUT} must be float32 with one value per row` });
    }
    const probabilities = output.data.slice();
    reply({ kind: 'probabilities', probabilities }, [probabilities.buffer]);
  } catch (error) {
    reply({ kind: 'failed', message: (error as Error).message });
  }
}

async function start({ model, threads, niceness }: WorkerStart): Promise<void> {
  // Linux counts it per thread, and the session's threads inherit it; elsewhere it would be the whole process.
  if (niceness > 0 && process.platform === 'linux') setPriority(niceness);
  const options = { intraOpNumThreads: threads, interOpNumThreads: 1 };
  let session: InferenceSession;
  try {
    session = await InferenceSession.create(model, options);
  } catch (error) {
    return reply({ kind: 'unloadable', message: (error as Error).message });
  }
  const inputs = session.inputMetadata.map((input) => ({
    name: input.name,
    type: input.isTensor ? input.type : 'not a tensor',
  }));
  parentPort?.on('message', (request: RunRequest) => void answer(session, request));
  reply({ kind: 'ready', inputs, outputs: [...session.outputNames] });
}

void start(workerData as WorkerStart);
