import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { BenchError } from './bench.error';

/** One reply may take as long as a round, not longer. */
const REPLY_LIMIT_MS = 5 * 60_000;
const END_LIMIT_MS = 5_000;
const KEPT_STDERR = 4_000;

/** A peer that measures itself: one JSON request on a line, one JSON reply on a line. */
export interface Peer {
  /** Versions of what it runs on. */
  readonly versions: Readonly<Record<string, string>>;
  /** Throws BenchError `bench.peer-failed`. */
  request<T>(operation: string, details?: Readonly<Record<string, unknown>>): Promise<T>;
}

type Waiting = { fulfil: (line: string) => void; reject: (error: Error) => void };

/** Runs a script of peers/; ends with `close`, or when this process ends (its input closes). */
export class PeerProcess implements Peer {
  versions: Readonly<Record<string, string>> = {};
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly closed: Promise<void>;
  private stderr = '';
  private ended = false;
  private waiting: Waiting | undefined;

  private constructor(
    python: string,
    private readonly script: string,
  ) {
    this.child = spawn(python, [script]);
    this.child.stderr.on('data', (text: Buffer) => (this.stderr = (this.stderr + text).slice(-KEPT_STDERR)));
    // Writing to a peer that ended: `close` tells.
    this.child.stdin.on('error', () => undefined);
    createInterface({ input: this.child.stdout }).on('line', (line) => this.settle(({ fulfil }) => fulfil(line)));
    this.closed = new Promise((fulfil) => {
      const end = (what: string) => {
        this.ended = true;
        this.settle(({ reject }) => reject(this.failure(what)));
        fulfil();
      };
      this.child.once('error', (error) => end(error.message));
      this.child.once('close', (code, signal) => end(`it ended with ${signal ?? `exit code ${code}`}`));
    });
  }

  static async start(python: string, script: string): Promise<PeerProcess> {
    const peer = new PeerProcess(python, script);
    try {
      peer.versions = await peer.request('versions');
      return peer;
    } catch (error) {
      await peer.close();
      throw error;
    }
  }

  async request<T>(operation: string, details: Readonly<Record<string, unknown>> = {}): Promise<T> {
    const line = await this.exchange(JSON.stringify({ operation, ...details }));
    const reply = JSON.parse(line) as { result: T } | { error: string };
    if ('error' in reply) throw this.failure(`${operation}: ${reply.error}`);
    return reply.result;
  }

  async close(): Promise<void> {
    this.child.stdin.end();
    const timer = setTimeout(() => this.child.kill('SIGKILL'), END_LIMIT_MS);
    await this.closed;
    clearTimeout(timer);
  }

  private exchange(line: string): Promise<string> {
    if (this.ended) return Promise.reject(this.failure('it is not running'));
    return new Promise<string>((fulfil, reject) => {
      const timer = setTimeout(() => this.child.kill('SIGKILL'), REPLY_LIMIT_MS);
      const done =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          then(value);
        };
      this.waiting = { fulfil: done(fulfil), reject: done(reject) };
      this.child.stdin.write(`${line}\n`);
    });
  }

  private settle(how: (waiting: Waiting) => void): void {
    const waiting = this.waiting;
    this.waiting = undefined;
    if (waiting) how(waiting);
  }

  private failure(what: string): BenchError {
    return new BenchError('bench.peer-failed', `the peer ${this.script} failed: ${what}\n${this.stderr}`.trimEnd());
  }
}
