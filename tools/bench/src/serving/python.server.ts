import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { freePort } from '@perennial/local-stack';
import { BenchError } from '../bench.error';

const START_LIMIT_MS = 120_000;
const KEPT_OUTPUT = 4_000;

export type Framework = 'torch' | 'onnxruntime';

/** peers/serve_fastapi.py under uvicorn, one row a request. */
export class PythonServer {
  private constructor(
    readonly url: string,
    readonly pid: number,
    private readonly child: ChildProcess,
  ) {}

  /** `directory`: where the script is, and keeps the model that it makes at first. Throws BenchError. */
  static async start(python: string, directory: string, framework: Framework, workers: number): Promise<PythonServer> {
    const port = await freePort(8_100);
    const options = ['--port', String(port), '--workers', String(workers), '--log-level', 'warning'];
    const args = ['-m', 'uvicorn', 'serve_fastapi:app', '--app-dir', directory, ...options];
    const env = { ...process.env, SERVE_FRAMEWORK: framework, PYTHONUNBUFFERED: '1' };
    // In a group of its own: the workers end with it.
    const child = spawn(python, args, { env, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    let output = '';
    if (child.stderr) {
      createInterface({ input: child.stderr }).on('line', (line) => {
        output = `${output}${line}\n`.slice(-KEPT_OUTPUT);
      });
    }
    const server = new PythonServer(`http://127.0.0.1:${port}/predict`, child.pid as number, child);
    for (const limit = Date.now() + START_LIMIT_MS; Date.now() < limit && child.exitCode === null;) {
      if ((await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined))?.ok) return server;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    await server.stop();
    throw new BenchError('bench.peer-failed', `the ${framework} server did not come up:\n${output}`);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    process.kill(-this.pid, 'SIGTERM');
    await once(this.child, 'exit');
  }
}
