import { type ChildProcess, fork } from 'node:child_process';
import { compiledEntry, yieldProcess } from '@perennial/compute-thread';
import { sendRequest, type TransferMessage } from './request.transfer';
import { TrainingError } from './training.error';
import type { TrainingMessage } from './training.message';
import type { TrainingRows } from './training.request';

export interface ProcessOptions<Progress> {
  /** About once a second, and after the last step. */
  readonly onProgress?: (progress: Progress) => void;
  /**
   * Takes resume checkpoints, from engines that make them: those of `train`, every `checkpointSeconds` and at each epoch's
   * end, less often where making them would take a noticeable share of the time.
   */
  readonly onCheckpoint?: (checkpoint: Uint8Array) => void;
  /** Ends the training process at once; the promise then rejects with `training.cancelled`. */
  readonly signal?: AbortSignal;
  /** By how much more than this process the training process yields the processor, from 0 to 19; 0 unless given. */
  readonly niceness?: number;
}

const STDERR_KEPT = 4000;

/** The compiled file of an entry for trainInProcess, beside its caller. Throws TrainingError `training.not-built`. */
export function trainingEntry(directory: string, entry: string): string {
  try {
    return compiledEntry(directory, entry);
  } catch (cause) {
    throw new TrainingError('training.not-built', (cause as Error).message, { entry }, { cause });
  }
}

/**
 * Trains in a process of its own, which also checks the request, so that the caller's event loop stays free. `entry`
 * (see trainingEntry) calls answerRequest with the same types. Rejects with TrainingError.
 */
export async function trainInProcess<Request extends TrainingRows, Progress, Result>(
  entry: string,
  request: Request,
  options: ProcessOptions<Progress>,
): Promise<Result> {
  if (options.signal?.aborted) throw cancelled(options.signal);
  const child = spawn(entry, options.niceness ?? 0);
  try {
    return await outcome<Progress, Result>(child, request, options);
  } finally {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  }
}

function spawn(entry: string, niceness: number): ChildProcess {
  const child = fork(entry, [], {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  // Before it starts threads, which inherit it. A child that ended at once is found out below.
  if (niceness > 0 && child.pid !== undefined) yieldProcess(niceness, child.pid);
  return child;
}

function outcome<Progress, Result>(
  child: ChildProcess,
  request: TrainingRows,
  { onProgress, onCheckpoint, signal }: ProcessOptions<Progress>,
): Promise<Result> {
  let stderr = '';
  child.stderr?.on('data', (text: Buffer) => (stderr = (stderr + text.toString()).slice(-STDERR_KEPT)));
  return new Promise((fulfil, reject) => {
    const abort = () => reject(cancelled(signal as AbortSignal));
    signal?.addEventListener('abort', abort, { once: true });
    child.on('message', (message: TrainingMessage<Progress, Result>) => {
      if (message.kind === 'progress') onProgress?.(message.progress);
      else if (message.kind === 'checkpoint') onCheckpoint?.(message.checkpoint);
      else if (message.kind === 'result') fulfil(message.result);
      else reject(failure(message));
    });
    child.on('error', (cause) => reject(processFailed('could not be started or reached', { stderr }, cause)));
    // `close` comes after all messages and output; by then a result has settled the promise.
    child.on('close', (code, killedBy) => {
      signal?.removeEventListener('abort', abort);
      reject(processFailed('ended without a result', { exitCode: code, signal: killedBy, stderr }));
    });
    const send = (message: TransferMessage) =>
      new Promise<void>((sent, failed) => child.send(message, (cause) => (cause ? failed(cause) : sent())));
    sendRequest(request, send).catch((cause: Error) =>
      reject(processFailed('did not take the request', { stderr }, cause)),
    );
  });
}

const cancelled = (signal: AbortSignal): TrainingError =>
  new TrainingError('training.cancelled', 'training was cancelled', {}, { cause: signal.reason });

type ErrorMessage = Extract<TrainingMessage<never, never>, { kind: 'error' }>;

function failure({ code, message, details, stack }: ErrorMessage): TrainingError {
  return new TrainingError(code ?? 'training.process-failed', message, { ...details, processStack: stack });
}

function processFailed(what: string, details: Record<string, unknown>, cause?: Error): TrainingError {
  return new TrainingError('training.process-failed', `the training process ${what}`, details, { cause });
}
