import { ReceivedRequest, type TransferMessage } from './request.transfer';
import { TrainingError } from './training.error';
import type { TrainingMessage } from './training.message';
import type { TrainingRows } from './training.request';

export interface AnswerOptions<Progress> {
  readonly now: () => number;
  readonly onProgress: (progress: Progress) => void;
  /** Resolves when the checkpoint is out of this process's memory. */
  readonly onCheckpoint: (checkpoint: Uint8Array) => Promise<void>;
}

/** Trains in this process; every progress report is handed to `onProgress`. Fails with TrainingError. */
export type Training<Request extends TrainingRows, Progress, Result> = (
  request: Request,
  options: AnswerOptions<Progress>,
) => Promise<Result>;

/**
 * For the entry of a process that trainInProcess forks: one request in, piece by piece, progress and one result or error
 * out. Ends the process when its parent is gone, as soon as `training` lets go of the thread.
 */
export function answerRequest<Request extends TrainingRows, Progress, Result>(
  training: Training<Request, Progress, Result>,
): void {
  // The parent died: nobody wants the result.
  process.on('disconnect', () => process.exit(0));
  const received = new ReceivedRequest<Request>();
  process.on('message', (message: TransferMessage) => {
    const request = received.take(message);
    if (request) void answer(training, request);
  });
}

async function answer<Request extends TrainingRows, Progress, Result>(
  training: Training<Request, Progress, Result>,
  request: Request,
): Promise<void> {
  const send = (message: TrainingMessage<Progress, Result>): Promise<void> =>
    new Promise((resolve, reject) => {
      process.send?.(message, (error: Error | null) => (error ? reject(error) : resolve()));
    });
  try {
    const result = await training(request, {
      now: () => performance.now(),
      onProgress: (progress) => void send({ kind: 'progress', progress }).catch(() => undefined),
      onCheckpoint: (checkpoint) => send({ kind: 'checkpoint', checkpoint }),
    });
    await send({ kind: 'result', result });
  } catch (error) {
    await send(errorMessage(error));
  }
  process.disconnect?.();
}

function errorMessage(error: unknown): Extract<TrainingMessage<never, never>, { kind: 'error' }> {
  if (error instanceof TrainingError) {
    return { kind: 'error', code: error.code, message: error.message, details: error.details, stack: error.stack };
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { kind: 'error', message, details: {}, stack };
}
