import { Agent, request } from 'node:http';
import { constants, setPriority } from 'node:os';
import { percentile } from './percentiles';

export interface OpenLoopOptions {
  readonly url: string;
  /** JSON texts, sent in turn. */
  readonly bodies: readonly string[];
  readonly perSecond: number;
  /** Requests under way at most; what is due above that is counted as refused, with the longest latency. */
  readonly mostUnderWay?: number;
}

export interface LatencySummary {
  readonly requests: number;
  /** Other answers than 200, and none. */
  readonly failures: number;
  /** Of these, those that were answered 429. */
  readonly refused: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const TIMEOUT_MS = 30_000;

/**
 * Sends at fixed instants, whether answers have come or not, and counts each latency from the instant at which the
 * request was due: a server that stalls is charged for all that it kept waiting.
 */
export class OpenLoop {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });
  private readonly latencies: number[] = [];
  private failures = 0;
  private refused = 0;
  private underWay = 0;
  private sent = 0;
  private startedAt = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: OpenLoopOptions) {}

  start(): void {
    this.startedAt = performance.now();
    this.timer = setInterval(() => this.sendDue(), 1);
  }

  /** What was measured since the last call. */
  take(): LatencySummary {
    const latencies = this.latencies.splice(0);
    const { failures, refused } = this;
    this.failures = 0;
    this.refused = 0;
    const rounded = (value: number) => Math.round(value * 100) / 100;
    return {
      requests: latencies.length,
      failures,
      refused,
      p50Ms: rounded(percentile(latencies, 0.5)),
      p99Ms: rounded(percentile(latencies, 0.99)),
      maxMs: rounded(percentile(latencies, 1)),
    };
  }

  stop(): void {
    clearInterval(this.timer);
    this.agent.destroy();
  }

  private sendDue(): void {
    const { perSecond, mostUnderWay = 500 } = this.options;
    for (;;) {
      const due = this.startedAt + (this.sent * 1_000) / perSecond;
      if (due > performance.now()) return;
      this.sent += 1;
      if (this.underWay >= mostUnderWay) this.settle(due, false);
      else this.send(due);
    }
  }

  private send(due: number): void {
    const { url, bodies } = this.options;
    const body = bodies[this.sent % bodies.length] as string;
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    this.underWay += 1;
    let settled = false;
    const settle = (ok: boolean) => {
      if (settled) return;
      settled = true;
      this.underWay -= 1;
      this.settle(due, ok);
    };
    const call = request(url, { method: 'POST', agent: this.agent, headers, timeout: TIMEOUT_MS }, (response) => {
      if (response.statusCode === 429) this.refused += 1;
      response.resume().once('end', () => settle(response.statusCode === 200));
    });
    call
      .once('timeout', () => call.destroy())
      .once('error', () => settle(false))
      .once('close', () => settle(false));
    call.end(body);
  }

  private settle(due: number, ok: boolean): void {
    this.latencies.push(performance.now() - due);
    if (!ok) this.failures += 1;
  }
}

/** The client must not wait for a processor that the measured services use; false where that is not allowed. */
export function preferThisProcess(): boolean {
  try {
    setPriority(0, constants.priority.PRIORITY_HIGH);
    return true;
  } catch {
    return false;
  }
}
