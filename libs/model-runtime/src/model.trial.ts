import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { SerialQueue } from '@perennial/compute-thread';
import { version as runtime } from 'onnxruntime-node/package.json';
import { ModelRuntimeError } from './model-runtime.errors';
import type { TrialVerdict } from './trial.protocol';
import { entryFile } from './worker.spawn';

export interface TrialLimits {
  /** Rows of the larger of the two runs. */
  readonly rows: number;
  /** What the process may hold of its own: once, and for each byte of the file. */
  readonly memoryBytes: number;
  readonly memoryPerByte: number;
  /** Of the processor, so that a busy machine is no reason to refuse. */
  readonly cpuSeconds: number;
  readonly timeoutMs: number;
  readonly niceness: number;
}

export const TRIAL_LIMITS: TrialLimits = {
  rows: 1_024,
  memoryBytes: 512 * 1024 * 1024,
  memoryPerByte: 8,
  cpuSeconds: 20,
  timeoutMs: 120_000,
  niceness: 0,
};

/** Limits of the shell are those of what it becomes; where the system allows less, less it is. */
const LIMITED = 'ulimit -c 0; ulimit -d "$1" 2>/dev/null; ulimit -S -t "$2"; shift 2; exec "$@"';

/** Signals of a program's own making; others come from outside. */
const OF_THE_MODEL: readonly string[] = ['SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGSEGV', 'SIGTRAP', 'SIGSYS'];

/** Which models passed, for other processes and later ones. It may forget and take its time, but not throw. */
export interface TrialMemory {
  /** Bytes that the model took when it passed under this key. */
  recall(key: string): Promise<number | undefined>;
  remember(key: string, bytes: number): void;
}

/** Of this process, by `trialKey`: bytes that those took which passed. Newest last. */
const passed = new Map<string, number>();
const REMEMBERED = 4_096;

/** Some trials long. A later answer still counts for those whose turn has not come. */
const PATIENCE_MS = 1_000;

/** Higher with every change of what a trial asks of a model. */
const REVISION = 2;

/** A service that starts opens the models of all its pipelines: a process each at once would starve the machine. */
const trials = new SerialQueue();

/**
 * Opens the model and runs it on example rows in a process of its own, with bounded memory and time: what a model asks
 * for shows only when it runs. One model at a time, and one that passed is not tried again. Gives the bytes that the process
 * grew by. Throws MODEL_UNLOADABLE where it is the model's fault, TRIAL_UNFINISHED where the process was ended from outside
 * or could not be started.
 */
export async function tryModel(model: Uint8Array, limits = TRIAL_LIMITS, memory?: TrialMemory): Promise<number> {
  const key = trialKey(model, limits);
  const recalled = passed.get(key) ?? (memory && (await soon(recall(key, memory))));
  if (recalled !== undefined) return recalled;
  return trials.run(async () => {
    const known = passed.get(key);
    if (known !== undefined) return known;
    const bytes = await tryOnce(model, limits);
    memory?.remember(key, bytes);
    return keep(key, bytes);
  });
}

async function recall(key: string, memory: TrialMemory): Promise<number | undefined> {
  const bytes = await memory.recall(key);
  return bytes === undefined ? undefined : keep(key, bytes);
}

/** Undefined where it is not there in time; it goes on. */
async function soon<T>(answer: Promise<T>): Promise<T | undefined> {
  const over = new AbortController();
  try {
    return await Promise.race([answer, wait(PATIENCE_MS, undefined, { signal: over.signal })]);
  } finally {
    over.abort();
  }
}

function keep(key: string, bytes: number): number {
  passed.set(key, bytes);
  for (const oldest of passed.keys()) if (passed.size > REMEMBERED) passed.delete(oldest);
  return bytes;
}

/** Of the same file, asked the same of, on the same runtime: what passed once passes again. */
function trialKey(model: Uint8Array, { rows, memoryBytes }: TrialLimits): string {
  const digest = createHash('sha256').update(model).digest('hex');
  return `${digest} trial-${REVISION} rows-${rows} bytes-${memoryBytes} onnxruntime-${runtime} ${process.platform}-${process.arch}`;
}

async function tryOnce(model: Uint8Array, limits: TrialLimits): Promise<number> {
  const bytes = limits.memoryBytes + limits.memoryPerByte * model.byteLength;
  const program = [process.execPath, entryFile('trial.child.js'), limits.rows, limits.niceness];
  const given = [Math.ceil(bytes / 1024), limits.cpuSeconds, ...program].map(String);
  // Nothing of the environment: it holds secrets.
  const options = { env: {}, timeout: limits.timeoutMs, killSignal: 'SIGKILL' } as const;
  const child = spawn('/bin/sh', ['-c', LIMITED, 'sh', ...given], { ...options, stdio: 'pipe' });
  // A process that ends early reads no further; how it ended says why.
  child.stdin.on('error', () => undefined).end(model);
  const [output, complaint, end] = await Promise.all([text(child.stdout), text(child.stderr), endOf(child)]);
  return judge(verdictIn(output), end, complaint, { ...limits, memoryBytes: bytes });
}

/** How the process ended. */
export type End = { signal: string | null; code: number | null; error?: Error };

const endOf = (child: ChildProcess): Promise<End> =>
  new Promise((resolve) => {
    child.once('error', (error) => resolve({ signal: null, code: null, error }));
    child.once('close', (code, signal) => resolve({ code, signal }));
  });

function verdictIn(output: string): TrialVerdict | undefined {
  try {
    return JSON.parse(output) as TrialVerdict;
  } catch {
    return undefined;
  }
}

/** Bytes that the model took. Throws MODEL_UNLOADABLE or TRIAL_UNFINISHED unless it passed. */
export function judge(verdict: TrialVerdict | undefined, end: End, complaint: string, limits: TrialLimits): number {
  if (verdict?.kind === 'passed') return verdict.memoryBytes;
  if (verdict?.kind === 'refused') throw failed(verdict.message, verdict.details);
  const { signal, code, error } = end;
  if (signal === 'SIGXCPU') {
    const rule = `must answer ${limits.rows} rows within ${limits.cpuSeconds} s of processor time`;
    throw failed(rule, { field: 'model', value: signal, rule });
  }
  if (signal !== null && OF_THE_MODEL.includes(signal)) {
    const rule = `must answer ${limits.rows} rows within ${limits.memoryBytes} bytes of memory, and not crash`;
    throw failed(`${rule}; it ended with ${signal}`, { field: 'model', value: signal, rule });
  }
  const reason = error?.message ?? (signal === null ? `exit code ${code}: ${complaint.slice(-300)}` : signal);
  throw new ModelRuntimeError('TRIAL_UNFINISHED', `The trial of the model did not end: ${reason}`, { reason }, error);
}

const failed = (message: string, details: Record<string, unknown>) =>
  new ModelRuntimeError('MODEL_UNLOADABLE', `The model failed its trial: ${message}`, details);
