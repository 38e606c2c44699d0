import type { CacheUse, ModelRun, ServedRequests } from '../application/ports';

/** Plain numbers on the way of every request; they become metrics and statistics when somebody asks. */
export class RequestTally {
  requests = 0;
  failures = 0;
  rows = 0;
  milliseconds = 0;
  /** Milliseconds since 1970. */
  lastAt = 0;

  constructor(readonly labels: { model: string; version: string; arm: string }) {}
}

/** Runs serve the requests of all arms. */
export class RunTally {
  runs = 0;
  queuedMs = 0;
  computeMs = 0;
  waitingRows = 0;

  constructor(readonly labels: { model: string; version: string }) {}

  add({ queuedMs, computeMs, waitingRows }: ModelRun): void {
    this.runs += 1;
    this.queuedMs += queuedMs;
    this.computeMs += computeMs;
    this.waitingRows = waitingRows;
  }
}

/** Requests that a cache was asked for. */
export class CacheTally {
  readonly hits = { count: 0, milliseconds: 0 };
  readonly misses = { count: 0, milliseconds: 0 };

  constructor(readonly labels: { model: string; version: string }) {}

  add({ hit, milliseconds }: CacheUse): void {
    const side = hit ? this.hits : this.misses;
    side.count += 1;
    side.milliseconds += milliseconds;
  }
}

const NONE = { count: 0, milliseconds: 0 };
const timed = ({ count, milliseconds } = NONE) => ({ count, seconds: milliseconds / 1_000 });

/** What all arms of one version have answered. */
export function servedRequests(
  answered: readonly RequestTally[],
  run: RunTally | undefined,
  cache: CacheTally | undefined,
): ServedRequests {
  const sum = (value: (tally: RequestTally) => number) => answered.reduce((total, tally) => total + value(tally), 0);
  return {
    requests: sum(({ requests }) => requests),
    failures: sum(({ failures }) => failures),
    rows: sum(({ rows }) => rows),
    seconds: sum(({ milliseconds }) => milliseconds) / 1_000,
    runs: run?.runs ?? 0,
    queuedSeconds: (run?.queuedMs ?? 0) / 1_000,
    cacheHits: timed(cache?.hits),
    cacheMisses: timed(cache?.misses),
    computeSeconds: (run?.computeMs ?? 0) / 1_000,
    lastAt: Math.max(0, ...answered.map(({ lastAt }) => lastAt)),
  };
}
