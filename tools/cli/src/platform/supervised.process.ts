import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { restartAfter } from './restart.policy';

export interface SupervisedOptions {
  readonly name: string;
  readonly args: readonly string[];
  readonly logFile: string;
  /** After each start and end, and when it is ready. */
  readonly onChange: () => void;
  /** The process ended before it was ready for the first time. */
  readonly onFailedStart: (name: string, reason: string) => void;
  readonly log: (line: string) => void;
}

const killAfterMs = 25_000;

/** A child process that is started again whenever it ends, until it is stopped. */
export class SupervisedProcess {
  restarts = 0;
  private child: ChildProcess | undefined;
  private timer: NodeJS.Timeout | undefined;
  private wasReady = false;
  private stopping = false;
  private failures = 0;

  constructor(private readonly options: SupervisedOptions) {}

  /** It said so itself, once: somebody else may answer at its port. */
  get ready(): boolean {
    return this.wasReady;
  }

  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  start(): void {
    const { args, logFile, onChange } = this.options;
    mkdirSync(dirname(logFile), { recursive: true });
    const log = openSync(logFile, 'a');
    // A session of its own: Linux may share the processor by session, and one that works in bulk then takes nothing of
    // the share of one that answers clients.
    const child = spawn(process.execPath, args, { stdio: ['ignore', log, log, 'ipc'], detached: true });
    closeSync(log);
    const startedAt = performance.now();
    this.child = child;
    child.once('message', () => {
      this.wasReady = true;
      onChange();
    });
    child.once('error', (error) => this.options.log(`${this.options.name}: ${error.message}`));
    child.once('exit', (code, signal) => this.ended(signal ?? `exit code ${code}`, performance.now() - startedAt));
    onChange();
  }

  /** Resolves when the process has ended; it is killed if it takes too long. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    await ended;
    clearTimeout(killer);
  }

  private ended(reason: string, uptimeMs: number): void {
    const { name, onChange, onFailedStart, log } = this.options;
    this.child = undefined;
    onChange();
    if (this.stopping) return;
    if (!this.wasReady) return onFailedStart(name, reason);
    const { failures, delayMs } = restartAfter(this.failures, uptimeMs);
    this.failures = failures;
    log(`${name} ended (${reason}); starting it again in ${delayMs} ms`);
    this.timer = setTimeout(() => {
      this.restarts += 1;
      this.start();
    }, delayMs);
  }
}
