import { spawn } from 'node:child_process';
import { closeSync, fstatSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLock } from './exclusive.lock';
import { openLog, tailLog } from './log.file';
import { isSameProcess, processIdentity } from './process.identity';
import {
  type ProcessRecord,
  readProcessRecord,
  removeProcessRecord,
  runningProcess,
  runningProcesses,
  writeProcessRecord,
} from './process.record';
import { StackError } from './stack.error';

export interface ProcessSpec {
  /** Directory of process records; one `NAME.json` per process. */
  readonly directory: string;
  /** [a-z0-9-] */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** Kept in the record for later callers: ports, URLs. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Asked again and again until true; an exception counts as false. */
  readonly ready: (record: ProcessRecord) => Promise<boolean>;
  readonly readyTimeoutMs?: number;
}

/** Spawns detached, in a session of its own, so that Ctrl-C on the caller does not reach it. */
function spawnProcess(spec: ProcessSpec): Promise<ProcessRecord> {
  const log = openLog(spec.logFile);
  const logOffset = fstatSync(log).size;
  return new Promise((resolve, reject) => {
    const child = spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: spec.environment, // undefined inherits the caller's
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    child.once('error', (error) =>
      reject(new StackError('start-failed', `cannot run ${spec.command}: ${error.message}`, {}, error)),
    );
    if (child.pid === undefined) return;
    // Recorded in the same turn as the spawn: a crash of the caller leaves no process without a record.
    const record: ProcessRecord = {
      version: 1,
      name: spec.name,
      pid: child.pid,
      identity: processIdentity(child.pid) ?? 'ended',
      startedAt: new Date().toISOString(),
      phase: 'starting',
      logFile: spec.logFile,
      logOffset,
      details: { ...spec.details },
    };
    writeProcessRecord(spec.directory, record);
    child.unref();
    resolve(record);
  });
}

async function untilReady(spec: ProcessSpec, record: ProcessRecord): Promise<ProcessRecord> {
  const timeoutMs = spec.readyTimeoutMs ?? 60_000;
  const deadline = Date.now() + timeoutMs;
  const logTail = () => tailLog(record.logFile, record.logOffset);
  while (Date.now() < deadline) {
    const isReady = await spec.ready(record).catch(() => false);
    if (!isSameProcess(record)) {
      removeProcessRecord(spec.directory, spec.name);
      const message = `${spec.name} ended while starting; the end of ${record.logFile}:\n${logTail()}`;
      throw new StackError('start-failed', message, { log: logTail(), logFile: record.logFile });
    }
    if (isReady) {
      const ready: ProcessRecord = { ...record, phase: 'ready' };
      if (record.phase !== 'ready') writeProcessRecord(spec.directory, ready);
      return ready;
    }
    await sleep(150);
  }
  await stopProcess(spec.directory, spec.name);
  const message = `${spec.name} was not ready after ${timeoutMs / 1000} s and was stopped; the end of ${record.logFile}:\n`;
  throw new StackError('start-timeout', message + logTail(), { log: logTail(), logFile: record.logFile });
}

/**
 * Starts a process in the background and returns when it is ready. One that runs already under this name is found and
 * waited for instead (`alreadyRunning`), also when the caller that started it died half-way.
 * @throws StackError `start-failed` with the end of its log, `start-timeout`
 */
export function startProcess(spec: ProcessSpec): Promise<ProcessRecord & { alreadyRunning: boolean }> {
  return withLock(join(spec.directory, `${spec.name}.lock`), async () => {
    const existing = runningProcess(spec.directory, spec.name);
    const record = await untilReady(spec, existing ?? (await spawnProcess(spec)));
    return { ...record, alreadyRunning: existing !== undefined };
  });
}

async function gone(record: ProcessRecord, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isSameProcess(record)) {
    if (Date.now() > deadline) return false;
    await sleep(50);
  }
  return true;
}

function send(record: ProcessRecord, signal: NodeJS.Signals): void {
  try {
    process.kill(record.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Sends a signal to a recorded process that still is the recorded one. SIGKILL returns after its end. */
export async function signalProcess(directory: string, name: string, signal: NodeJS.Signals): Promise<ProcessRecord> {
  const record = runningProcess(directory, name);
  if (!record) throw new StackError('not-running', `${name} does not run`, { name });
  send(record, signal);
  if (signal === 'SIGKILL' && !(await gone(record, 30_000))) {
    throw new StackError('stop-failed', `${name} (process ${record.pid}) survived SIGKILL`, { pid: record.pid });
  }
  return record;
}

/** Clean stop (SIGTERM) and its end; SIGKILL after `timeoutMs`. False when nothing ran. */
export async function stopProcess(directory: string, name: string, timeoutMs = 30_000): Promise<boolean> {
  const record = runningProcess(directory, name);
  if (record) {
    send(record, 'SIGTERM');
    send(record, 'SIGCONT'); // a paused process would not see the first signal
    if (!(await gone(record, timeoutMs))) await signalProcess(directory, name, 'SIGKILL');
  }
  // A newer start may have replaced the record meanwhile.
  const now = readProcessRecord(directory, name);
  if (!now || !isSameProcess(now)) removeProcessRecord(directory, name);
  return record !== undefined;
}

/** Stops everything recorded in the directory, latest start first; returns the names. */
export async function stopProcesses(directory: string, timeoutMs?: number): Promise<string[]> {
  const stopped: string[] = [];
  for (const { name } of runningProcesses(directory)) {
    if (await stopProcess(directory, name, timeoutMs)) stopped.push(name);
  }
  return stopped;
}
