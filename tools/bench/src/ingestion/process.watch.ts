import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Watched {
  readonly name: string;
  readonly pid: number;
  /** Where it answers /metrics, if it does. */
  readonly url?: string;
}

export interface Usage {
  readonly name: string;
  /** Highest seen, in MiB. */
  readonly rssMaxMiB: number;
  readonly cpuSeconds: number;
  /** Longest delay of the event loop between two samples, in ms; null where the process does not tell. */
  readonly eventLoopDelayMaxMs: number | null;
}

/** Linux reports processor time in ticks of 10 ms. */
const TICKS_PER_SECOND = 100;

/** Processes that it started, as trainings are, count with it. */
function statOf(pid: number): { cpuSeconds: number; rssMiB: number } | null {
  const own = statOfOne(pid);
  if (!own) return null;
  return childrenOf(pid).reduce((sum, child) => {
    const { cpuSeconds = 0, rssMiB = 0 } = statOf(child) ?? {};
    return { cpuSeconds: sum.cpuSeconds + cpuSeconds, rssMiB: sum.rssMiB + rssMiB };
  }, own);
}

function childrenOf(pid: number): number[] {
  try {
    const started = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return started.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function statOfOne(pid: number): { cpuSeconds: number; rssMiB: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // Its own time, in user mode and in the kernel, and that of processes it started which have ended.
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    const cpuSeconds = ticks / TICKS_PER_SECOND;
    const rss = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return { cpuSeconds, rssMiB: Number(rss?.[1] ?? 0) / 1024 };
  } catch {
    return null;
  }
}

/** Not by fetch: it refuses some ports, among them 6566, which feature stores use. */
function metricsOf(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(`${url}/metrics`, { timeout: 5_000 }, (answer) => text(answer).then(resolve, reject)).once('error', reject);
  });
}

async function loopDelayMs(url: string): Promise<number | null> {
  try {
    const line = /^nodejs_eventloop_lag_max_seconds\S* (\S+)$/m.exec(await metricsOf(url));
    return line ? Number(line[1]) * 1_000 : null;
  } catch {
    return null;
  }
}

/** Samples processes every quarter of a second, their event loops every second, until it is stopped. */
export class ProcessWatch {
  private readonly first = new Map<string, number>();
  private readonly last = new Map<string, number>();
  private readonly rss = new Map<string, number>();
  private readonly delay = new Map<string, number>();
  private readonly processes: Watched[];
  private readonly timers: NodeJS.Timeout[];
  private stopped = false;

  constructor(processes: readonly Watched[]) {
    this.processes = [...processes];
    this.sample();
    // What was before is not counted: asking resets the maximum.
    this.timers = [setInterval(() => this.sample(), 250)];
    void this.askAll(false).then(() => {
      if (!this.stopped) this.timers.push(setInterval(() => void this.askAll(true), 1_000));
    });
  }

  add(process: Watched): void {
    this.processes.push(process);
  }

  stop(): Usage[] {
    this.stopped = true;
    this.timers.forEach(clearInterval);
    this.sample();
    return this.processes.map(({ name, url }) => ({
      name,
      rssMaxMiB: Math.round(this.rss.get(name) ?? 0),
      cpuSeconds: Number(((this.last.get(name) ?? 0) - (this.first.get(name) ?? 0)).toFixed(2)),
      eventLoopDelayMaxMs: url === undefined ? null : Math.round(this.delay.get(name) ?? 0),
    }));
  }

  private sample(): void {
    for (const { name, pid } of this.processes) {
      const now = statOf(pid);
      if (!now) continue;
      if (!this.first.has(name)) this.first.set(name, now.cpuSeconds);
      this.last.set(name, now.cpuSeconds);
      this.rss.set(name, Math.max(this.rss.get(name) ?? 0, now.rssMiB));
    }
  }

  private async askAll(keep: boolean): Promise<void> {
    await Promise.all(
      this.processes.map(async ({ name, url }) => {
        const delay = url === undefined ? null : await loopDelayMs(url);
        if (keep && delay !== null) this.delay.set(name, Math.max(this.delay.get(name) ?? 0, delay));
      }),
    );
  }
}
