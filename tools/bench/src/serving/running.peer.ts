import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { freePort } from '@perennial/local-stack';
import { BenchError } from '../bench.error';
import type { PeerServer } from './peer.servers';

const START_LIMIT_MS = 120_000;
const KEPT_OUTPUT = 4_000;

export interface PeerSettings {
  /** An interpreter that has the peer's packages. */
  readonly python: string;
  /** Of the scripts. */
  readonly directory: string;
  /** An ONNX file, in a folder for whatever the server needs. */
  readonly model: string;
}

export class RunningPeer {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  /** Ends when it has answered as the server says that it is ready. Throws BenchError. */
  static async start(peer: PeerServer, { python, directory, model }: PeerSettings): Promise<RunningPeer> {
    const port = await freePort(8_100);
    const settings = { PYTHONUNBUFFERED: '1', SERVE_MODEL: model, SERVE_PORT: String(port) };
    // In a group of its own: the workers end with it.
    const child = spawn(python, [...peer.arguments(port)], {
      ...{ cwd: directory, detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
      env: { ...process.env, ...settings, ...peer.environment },
    });
    let output = '';
    if (child.stderr) {
      createInterface({ input: child.stderr }).on('line', (line) => {
        output = `${output}${line}\n`.slice(-KEPT_OUTPUT);
      });
    }
    const origin = `http://127.0.0.1:${port}`;
    const server = new RunningPeer(`${origin}${peer.path}`, child);
    for (const limit = Date.now() + START_LIMIT_MS; Date.now() < limit && child.exitCode === null;) {
      if ((await fetch(`${origin}${peer.ready}`).catch(() => undefined))?.ok) return server;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    await server.stop();
    throw new BenchError('bench.peer-failed', `${peer.name} did not come up:\n${output}`);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    process.kill(-(this.child.pid as number), 'SIGTERM');
    await once(this.child, 'exit');
  }
}
