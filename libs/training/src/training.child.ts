// Entry of the process that `train` forks: one request in, piece by piece, progress and one result or error out.
import { ReceivedRequest, type TransferMessage } from './request.transfer';
import { TrainingError } from './training.error';
import type { TrainingMessage } from './training.message';
import type { TrainingRequest } from './training.request';
import { runTraining } from './training.run';

const send = (message: TrainingMessage): Promise<void> =>
  new Promise((resolve, reject) => {
    process.send?.(message, (error: Error | null) => (error ? reject(error) : resolve()));
  });

async function main(request: TrainingRequest): Promise<void> {
  try {
    const result = await runTraining(request, {
      now: () => performance.now(),
      onProgress: (progress) => void send({ kind: 'progress', progress }).catch(() => undefined),
    });
    await send({ kind: 'result', result });
  } catch (error) {
    await send(errorMessage(error));
  }
  process.disconnect?.();
}

function errorMessage(error: unknown): TrainingMessage {
  if (error instanceof TrainingError) {
    return { kind: 'error', code: error.code, message: error.message, details: error.details, stack: error.stack };
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { kind: 'error', message, details: {}, stack };
}

// The parent died: nobody wants the result.
process.on('disconnect', () => process.exit(0));
const received = new ReceivedRequest();
process.on('message', (message: TransferMessage) => {
  const request = received.take(message);
  if (request) void main(request);
});
