import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { yieldProcess } from '@perennial/compute-thread';
import { sendRequest, type TransferMessage } from './request.transfer';
import { TrainingError } from './training.error';
import type { TrainingMessage } from './training.message';
import type { TrainingProgress, TrainingRequest, TrainingResult } from './training.request';

export interface TrainOptions {
  /** About once a second, and after the last step. */
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Ends the training process at once; `train` then rejects with `training.cancelled`. */
  readonly signal?: AbortSignal;
  /** By how much more than this process the training process yields the processor, from 0 to 19; 0 unless given. */
  readonly niceness?: number;
}

// The same file from src (tests) and from dist: a process needs compiled code.
const ENTRY = resolve(__dirname, '../dist/training.child.js');
const STDERR_KEPT = 4000;

/**
 * Trains in a process of its own, which also checks the request, so that the caller's event loop stays free.
 * Rejects with TrainingError.
 */
export async function train(request: TrainingRequest, options: TrainOptions = {}): Promise<TrainingResult> {
  if (options.signal?.aborted) throw cancelled(options.signal);
  const child = spawn(options.niceness ?? 0);
  try {
    return await outcome(child, request, options);
  } finally {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  }
}

function spawn(niceness: number): ChildProcess {
  if (!existsSync(ENTRY)) {
    throw new TrainingError('training.not-built', `${ENTRY} does not exist: build it with "npx tsc -b libs/training"`);
  }
  const child = fork(ENTRY, [], {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  // Before it starts threads, which inherit it. A child that ended at once is found out below.
  if (niceness > 0 && child.pid !== undefined) yieldProcess(niceness, child.pid);
  return child;
}

function outcome(
  child: ChildProcess,
  request: TrainingRequest,
  { onProgress, signal }: TrainOptions,
): Promise<TrainingResult> {
  let stderr = '';
  child.stderr?.on('data', (text: Buffer) => (stderr = (stderr + text.toString()).slice(-STDERR_KEPT)));
  return new Promise((fulfil, reject) => {
    const abort = () => reject(cancelled(signal as AbortSignal));
    signal?.addEventListener('abort', abort, { once: true });
    child.on('message', (message: TrainingMessage) => {
      if (message.kind === 'progress') onProgress?.(message.progress);
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

function failure({ code, message, details, stack }: Extract<TrainingMessage, { kind: 'error' }>): TrainingError {
  return new TrainingError(code ?? 'training.process-failed', message, { ...details, processStack: stack });
}

function processFailed(what: string, details: Record<string, unknown>, cause?: Error): TrainingError {
  return new TrainingError('training.process-failed', `the training process ${what}`, details, { cause });
}
