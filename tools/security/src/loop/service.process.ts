import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inheritedEnvironment } from './inherited.environment.config';

const repository = resolve(__dirname, '../../../..');

/** A service as a container runs it: `node services/NAME/dist/main.js`, with these variables and no others. */
export class ServiceProcess {
  private constructor(
    readonly name: string,
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly logFile: string,
  ) {}

  static start(name: string, port: number, variables: Readonly<Record<string, string>>, folder: string) {
    const logFile = join(folder, `${name}.log`);
    const log = openSync(logFile, 'a');
    const child = spawn(process.execPath, [join(repository, 'services', name, 'dist', 'main.js')], {
      cwd: folder,
      env: { ...inheritedEnvironment(), PORT: String(port), HOST: '127.0.0.1', ...variables },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    return new ServiceProcess(name, `http://127.0.0.1:${port}`, child, logFile);
  }

  log(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  /** @throws Error with the end of its log when it ended or is not ready in time */
  async ready(limitMs: number): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (!(await fetch(`${this.url}/health/ready`).catch(() => undefined))?.ok) {
      const { ended } = this;
      const end = ended ? 'ended' : 'is not ready';
      if (ended || performance.now() > deadline) throw new Error(`${this.name} ${end}\n${this.log().slice(-3_000)}`);
      await sleep(100);
    }
  }

  /** How it ended, where it cannot start. @throws Error when it goes on */
  async failure(limitMs: number): Promise<string> {
    const deadline = performance.now() + limitMs;
    while (!this.ended && performance.now() < deadline) await sleep(100);
    if (!this.ended) throw new Error(`${this.name} did not end`);
    return this.log();
  }

  private get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  async stop(): Promise<void> {
    if (this.ended) return;
    const end = new Promise((done) => this.child.once('exit', done));
    this.child.kill('SIGTERM');
    const killer = setTimeout(() => this.child.kill('SIGKILL'), 20_000);
    await end;
    clearTimeout(killer);
  }
}
