import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { LatencySummary, OpenLoopOptions } from './open.loop';

export interface ClientSummary extends LatencySummary {
  /** Whether the client goes before the measured services where the processor is short. */
  readonly clientPreferred: boolean;
  /** The longest that the client was late itself; latencies up to this may be its own. */
  readonly clientDelayMaxMs: number;
}

/** An open loop of predictions in a process and session of its own: Linux may share the processor by session. */
export class PredictionClient {
  private constructor(private readonly child: ChildProcess) {}

  /** Sends from now on until it is stopped. */
  static start(options: OpenLoopOptions): PredictionClient {
    const child = fork(join(__dirname, 'open.loop.child.js'), { execArgv: [], detached: true });
    child.send(options);
    return new PredictionClient(child);
  }

  /** What was measured since the last call. Rejects when the client has ended. */
  async take(): Promise<ClientSummary> {
    const ended = new AbortController();
    const answer = once(this.child, 'message', { signal: ended.signal }) as Promise<[ClientSummary]>;
    const end = () => ended.abort(new Error('the client of predictions ended'));
    this.child.once('exit', end);
    try {
      if (!this.child.connected) end();
      else this.child.send('take');
      return (await answer)[0];
    } finally {
      this.child.off('exit', end);
    }
  }

  stop(): void {
    if (this.child.connected) this.child.disconnect();
  }
}
